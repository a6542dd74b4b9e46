using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace StratForge.Alpaca.Tests.Streams;

public sealed class MarketMessageReaderTests
{
    private readonly MarketMessageReader _reader = new();

    [Fact]
    public void A_frame_may_hold_messages_of_every_kind()
    {
        var messages = Read("""
            [{"T":"q","S":"MSFT","bx":"V","bp":431.1,"bs":200,"ax":"V","ap":431.14,"as":100,"c":["R"],"t":"2026-10-08T15:30:00.120045871Z","z":"C"},
             {"T":"t","S":"MSFT","i":52983525029461,"x":"V","p":431.12,"s":25,"c":["@","I"],"t":"2026-10-08T15:30:00.044871203Z","z":"C"},
             {"T":"b","S":"MSFT","o":431.02,"h":431.2,"l":430.98,"c":431.11,"v":18422,"n":203,"vw":431.087,"t":"2026-10-08T15:29:00Z"}]
            """);

        Assert.Equal(
            new AlpacaMarketMessage.Quote("MSFT", new AlpacaQuote(At(15, 30, 0, 1200458), 431.1m, 200, 431.14m, 100)), messages[0]);
        Assert.Equal(
            new AlpacaMarketMessage.Trade("MSFT", new AlpacaTrade(At(15, 30, 0, 448712), 431.12m, 25, 52983525029461)), messages[1]);
        Assert.Equal(
            new AlpacaMarketMessage.Bar("MSFT", AlpacaBarKind.Minute, new AlpacaBar(At(15, 29, 0), 431.02m, 431.2m, 430.98m, 431.11m, 18422, 203, 431.087m)),
            messages[2]);
    }

    [Fact]
    public void Keys_may_come_in_any_order_and_unknown_ones_are_skipped()
    {
        var message = Assert.Single(Read("""
            [{"t":"2026-10-08T15:29:00Z","c":3,"x":{"deep":[1,{"T":"b"}]},"l":1,"h":4,"o":2,"S":"BTC/USD","news":"no","v":0.5,"T":"u"}]
            """));

        Assert.Equal(
            new AlpacaMarketMessage.Bar("BTC/USD", AlpacaBarKind.Updated, new AlpacaBar(At(15, 29, 0), 2, 4, 1, 3, 0.5m)), message);
    }

    [Fact]
    public void Kinds_nobody_asked_for_are_left_out_in_silence()
    {
        Assert.Empty(Read("""
            [{"T":"l","S":"XYZ","u":90,"d":80,"i":"B","t":"2026-10-08T15:31:02.5Z","z":"C"},
             {"T":"o","S":"BTC/USD","t":"2026-10-08T15:30:00Z","b":[{"p":83410.1,"s":0.52}],"a":[],"r":true}, {"T":"tomorrow"}, {}]
            """, out var unreadable));
        Assert.Equal(0, unreadable);
    }

    [Fact]
    public void A_trading_status_says_what_happens_and_why()
    {
        var status = Assert.IsType<AlpacaMarketMessage.Status>(Assert.Single(Read("""
            [{"T":"s","S":"XYZ","sc":"H","sm":"Trading Halt","rc":"T1","rm":"Halt News Pending","t":"2026-10-08T15:31:02.5Z","z":"C"}]
            """)));

        Assert.Equal("XYZ", status.Symbol);
        Assert.Equal(new AlpacaTradingStatus(At(15, 31, 2, 5_000_000), "H", "Trading Halt", "T1", "Halt News Pending"), status.Value);
    }

    [Fact]
    public void A_known_kind_that_lacks_something_is_counted_and_left_out()
    {
        var messages = Read("""
            [{"T":"b","S":"KO","o":1,"h":1,"l":1,"v":1,"t":"2026-10-08T15:29:00Z"},{"T":"t","S":"KO","p":"86","t":"2026-10-08T15:29:00Z"},
             {"T":"t","S":"KO","p":86,"s":1,"t":"2026-10-08T15:29:00Z"}]
            """, out var unreadable);

        Assert.Single(messages);
        Assert.Equal(2, unreadable);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[17]")]
    [InlineData("[{\"T\":\"t\"")]
    [InlineData("hello")]
    [InlineData("[{\"T\":\"b\",\"o\":1e400}]")]
    public void A_frame_of_another_shape_says_nothing_and_counts_as_one(string frame)
    {
        Assert.Empty(Read(frame, out var unreadable));
        Assert.Equal(1, unreadable);
    }

    [Theory]
    [InlineData("""{"T":"t","S":"KO","p":NaN,"s":1,"t":"2026-10-08T15:29:00Z"}""")]
    [InlineData("""{"T":"b","S":"KO","o":1,"h":Infinity,"l":1,"c":1,"v":1,"t":"2026-10-08T15:29:00Z"}""")]
    [InlineData("""{"T":"t","S":"KO","p":1e400,"s":1,"t":"2026-10-08T15:29:00Z"}""")]
    [InlineData("""{"T":"t","S":"K}\"{O","p":,"s":1}""")]
    [InlineData("""{"T":"t" "S":"KO"}""")]
    public void A_message_that_is_no_json_costs_itself_and_not_those_beside_it(string broken)
    {
        var whole = """{"T":"t","S":"KO","p":86,"s":1,"t":"2026-10-08T15:29:00Z"}""";

        var messages = Read($"[{whole},{broken},{whole}]", out var unreadable);

        Assert.Equal(2, messages.Count);
        Assert.All(messages, message => Assert.Equal(86m, Assert.IsType<AlpacaMarketMessage.Trade>(message).Value.Price));
        Assert.Equal(1, unreadable);
    }

    [Fact]
    public void What_comes_before_a_frame_breaks_off_is_read()
    {
        var messages = Read("""[{"T":"t","S":"KO","p":86,"s":1,"t":"2026-10-08T15:29:00Z"},{"T":"t","S":"KO","p":8""", out var unreadable);

        Assert.Single(messages);
        Assert.Equal(1, unreadable);
    }

    [Fact]
    public void A_text_that_is_not_utf8_costs_its_message()
    {
        byte[] frame = [.. "[{\"T\":\"subscription\",\"bars\":[\""u8, 0xff, .. "\"]},{\"T\":\"success\",\"msg\":\"connected\"}]"u8];

        Assert.IsType<AlpacaMarketMessage.Success>(Assert.Single(_reader.Read(frame, out var unreadable)));
        Assert.Equal(1, unreadable);
    }

    [Fact]
    public void The_subscription_state_lists_every_channel()
    {
        var state = Assert.IsType<AlpacaMarketMessage.Subscribed>(Assert.Single(Read("""
            [{"T":"subscription","trades":["KO"],"quotes":[],"bars":["*"],"updatedBars":[],"dailyBars":[],"statuses":[],"lulds":[],"corrections":["KO"],"cancelErrors":["KO"]}]
            """))).State;

        Assert.Equal(["KO"], state.Trades!);
        Assert.Equal(["*"], state.Bars!);
        Assert.Empty(state.Quotes!);
    }

    [Fact]
    public void Every_price_arrives_as_the_decimal_it_was() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<long>(),
            Gen.Choose(0, 9).ToArbitrary(),
            (mantissa, scale) =>
            {
                var price = new decimal((int)mantissa, (int)(mantissa >> 32), 0, isNegative: mantissa < 0, (byte)scale);
                var trade = Assert.IsType<AlpacaMarketMessage.Trade>(Assert.Single(Read(
                    $$"""[{"T":"t","S":"KO","p":{{price}},"s":1,"t":"2026-10-08T15:29:00Z"}]""")));
                return trade.Value.Price == price && trade.Value.Price.Scale == price.Scale;
            }).QuickCheckThrowOnFailure();

    private static DateTimeOffset At(int hour, int minute, int second, long ticks = 0) =>
        new DateTimeOffset(2026, 10, 8, hour, minute, second, TimeSpan.Zero).AddTicks(ticks);

    private List<AlpacaMarketMessage> Read(string frame) => Read(frame, out _);

    private List<AlpacaMarketMessage> Read(string frame, out int unreadable) => _reader.Read(Encoding.UTF8.GetBytes(frame), out unreadable);
}
