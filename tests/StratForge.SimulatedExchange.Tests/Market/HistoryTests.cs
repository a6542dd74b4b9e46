using System.Net;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Market;

public sealed class HistoryTests
{
    private static BarFile Market() => BarFile.Empty()
        .Add("SPY", BarFile.Start, 100m, 104m, 99m, 103m, 1001m)
        .Add("SPY", BarFile.Start.AddMinutes(1), 103m, 103m, 103m, 103m, 0m)
        .Add("SPY", BarFile.Start.AddMinutes(2), 102m, 102m, 102m, 102m, 400m)
        .Add("BTC/USD", BarFile.Start, 500m, 500m, 500m, 500m, 2m);

    [Fact]
    public async Task Trades_of_the_past_are_those_that_the_stream_told()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var stream = await Streams.StreamClient.OnDataAsync(exchange, "/v2/iex");
        await stream.SendAsync("""{"action":"subscribe","trades":["SPY"]}""");
        await stream.JsonAsync();

        exchange.Pass(TimeSpan.FromSeconds(45));
        var told = new List<(string?, decimal, decimal)>();
        while (told.Count < 3)
        {
            told.AddRange((await stream.JsonAsync()).EnumerateArray().Select(One));
        }

        var past = await exchange.GetAsync("/v2/stocks/SPY/trades?start=2014-06-02T14:00:15Z");

        Assert.Equal([("2014-06-02T14:00:15Z", 99m, 250m), ("2014-06-02T14:00:30Z", 104m, 250m), ("2014-06-02T14:00:45Z", 103m, 251m)], told);
        Assert.Equal(told, past["trades"].EnumerateArray().Select(One));

        static (string?, decimal, decimal) One(JsonElement trade) =>
            (trade.GetProperty("t").GetString(), trade.GetProperty("p").GetDecimal(), trade.GetProperty("s").GetDecimal());
    }

    [Theory]
    [InlineData("trades", 8)]
    [InlineData("quotes", 12)]
    public async Task Ticks_are_walked_page_by_page_in_both_directions(string kind, int expected)
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Pass(TimeSpan.FromMinutes(3));

        var up = await Walk("asc");
        var down = await Walk("desc");

        Assert.Equal(expected, up.Count);
        Assert.Equal(up.Order(StringComparer.Ordinal), up);
        down.Reverse();
        Assert.Equal(up, down);

        async Task<List<string>> Walk(string sort)
        {
            var times = new List<string>();
            for (var token = ""; ;)
            {
                var page = await exchange.GetAsync($"/v2/stocks/{kind}?symbols=SPY&start=2014-06-02&limit=3&sort={sort}&page_token={Uri.EscapeDataString(token)}");
                times.AddRange(page[kind].GetProperty("SPY").EnumerateArray().Select(item => item.GetProperty("t").GetString()!));
                if (page["next_page_token"].GetString() is not { } next)
                {
                    return times;
                }

                token = next;
            }
        }
    }

    [Fact]
    public async Task Coins_have_trades_quotes_and_order_books()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars, ("SpreadBps", "20"));
        exchange.Pass(TimeSpan.FromSeconds(20));

        var trade = (await exchange.SendBareAsync("/v1beta3/crypto/us/trades?symbols=BTC/USD"))["trades"].GetProperty("BTC/USD")[0];
        var quote = (await exchange.SendBareAsync("/v1beta3/crypto/us/quotes?symbols=BTC/USD"))["quotes"].GetProperty("BTC/USD")[0];
        var book = (await exchange.SendBareAsync("/v1beta3/crypto/us/latest/orderbooks?symbols=BTC/USD,ETH/USD"))["orderbooks"];

        Assert.Equal((500m, 0.5m, "B"), (trade.GetProperty("p").GetDecimal(), trade.GetProperty("s").GetDecimal(), trade.GetProperty("tks").GetString()));
        Assert.Equal((499.5m, 500.5m), (quote.GetProperty("bp").GetDecimal(), quote.GetProperty("ap").GetDecimal()));
        var only = Assert.Single(book.EnumerateObject()).Value;
        Assert.Equal([499.5m, 499.49m], only.GetProperty("b").EnumerateArray().Take(2).Select(level => level.GetProperty("p").GetDecimal()));
        Assert.Equal([500.5m, 500.51m], only.GetProperty("a").EnumerateArray().Take(2).Select(level => level.GetProperty("p").GetDecimal()));
    }

    [Fact]
    public async Task A_day_has_an_opening_and_a_closing_auction()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"));

        // The market of 4 March 2026 began a year before, on a Tuesday.
        var days = await exchange.GetAsync("/v2/stocks/SPY/auctions?start=2025-02-27&end=2025-03-04");
        var opening = await exchange.GetAsync("/v2/stocks/SPY/bars?timeframe=1Min&start=2025-02-27T14:30:00Z&limit=1");

        Assert.Equal(["2025-02-27", "2025-02-28", "2025-03-03", "2025-03-04"], days["auctions"].EnumerateArray().Select(day => day.GetProperty("d").GetString()));
        var first = days["auctions"][0];
        Assert.Equal(opening["bars"][0].GetProperty("o").GetDecimal(), first.GetProperty("o")[0].GetProperty("p").GetDecimal());
        Assert.Equal("2025-02-27T21:00:00Z", first.GetProperty("c")[0].GetProperty("t").GetString());
        Assert.Equal(0, days["auctions"][3].GetProperty("c").GetArrayLength());
    }

    [Theory]
    [InlineData("adjustment=split,dividend&asof=2014-06-01&feed=iex&currency=USD", HttpStatusCode.OK, null)]
    [InlineData("adjustment=none", HttpStatusCode.BadRequest, "invalid adjustment: none")]
    [InlineData("feed=other", HttpStatusCode.BadRequest, "invalid feed: other")]
    [InlineData("currency=EUR", HttpStatusCode.BadRequest, "invalid currency: EUR. this venue has prices in USD only")]
    public async Task Terms_of_a_question_are_read(string terms, HttpStatusCode status, string? message)
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars);

        var answer = await exchange.GetAsync($"/v2/stocks/bars?symbols=SPY&timeframe=1Day&start=2014-06-01&{terms}");

        Assert.Equal(status, answer.Status);
        Assert.Equal(message ?? "USD", message is null ? answer["currency"].GetString() : answer.Message);
    }

    [Fact]
    public async Task The_screener_ranks_the_day()
    {
        await using var exchange = await RunningExchange.StartAsync();
        exchange.Pass(TimeSpan.FromMinutes(1));

        var active = await exchange.GetAsync("/v1beta1/screener/stocks/most-actives?top=3");
        var movers = await exchange.GetAsync("/v1beta1/screener/crypto/movers");
        var snapshots = await exchange.GetAsync("/v1beta3/crypto/us/snapshots?symbols=BTC/USD,ETH/USD,SOL/USD");

        var volumes = active["most_actives"].EnumerateArray().Select(one => one.GetProperty("volume").GetDecimal()).ToList();
        Assert.Equal(3, volumes.Count);
        Assert.Equal(volumes.OrderDescending(), volumes);
        var up = movers["gainers"].EnumerateArray().Select(one => one.GetProperty("symbol").GetString()).ToHashSet();
        var down = movers["losers"].EnumerateArray().Select(one => one.GetProperty("symbol").GetString()).ToHashSet();
        Assert.Equal("crypto", movers["market_type"].GetString());
        foreach (var pair in snapshots["snapshots"].EnumerateObject())
        {
            var change = pair.Value.GetProperty("dailyBar").GetProperty("c").GetDecimal() - pair.Value.GetProperty("prevDailyBar").GetProperty("c").GetDecimal();
            Assert.Equal((change > 0m, change < 0m), (up.Contains(pair.Name), down.Contains(pair.Name)));
        }
    }

    [Fact]
    public async Task News_and_corporate_actions_are_empty_lists()
    {
        await using var exchange = await RunningExchange.StartAsync();

        Assert.Equal("""{"news":[],"next_page_token":null}""", (await exchange.GetAsync("/v1beta1/news?symbols=AAPL")).Text);
        Assert.Equal("""{"corporate_actions":{},"next_page_token":null}""", (await exchange.GetAsync("/v1/corporate-actions?symbols=AAPL")).Text);
        Assert.Equal("""{"option_contracts":[],"next_page_token":null}""", (await exchange.GetAsync("/v2/options/contracts?underlying_symbols=AAPL")).Text);
        Assert.Equal("[]", (await exchange.GetAsync("/v2/corporate_actions/announcements")).Text);
        Assert.Equal("""{"V":"IEX"}""", (await exchange.GetAsync("/v2/stocks/meta/exchanges")).Text);
        Assert.Equal("Regular Sale", (await exchange.GetAsync("/v2/stocks/meta/conditions/trade?tape=A"))["@"].GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await exchange.GetAsync("/v2/stocks/meta/conditions/trade")).Status);
    }
}
