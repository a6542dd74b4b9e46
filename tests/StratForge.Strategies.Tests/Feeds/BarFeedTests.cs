using StratForge.Strategies.Indicators;
using StratForge.Strategies.Testing;

namespace StratForge.Strategies.Tests.Feeds;

public sealed class BarFeedTests
{
    private static readonly long Open = StrategyTrial.MondayMorning.ToUnixTimeMilliseconds();

    [Fact]
    public void Five_minutes_make_a_longer_bar()
    {
        var watcher = new Watcher("5m");
        StrategyTrial.Of(watcher).Bars(
            Minute(0, 10, 12, 9, 11, 100), Minute(1, 11, 15, 11, 14, 200), Minute(2, 14, 14, 8, 9, 300), Minute(3, 9, 10, 9, 10, 400), Minute(4, 10, 11, 10, 10.5, 500),
            Minute(5, 20, 20, 20, 20, 1));

        Assert.Equal(new Bar("SPY", Open, 10, 15, 8, 10.5, 1_500, 5), Assert.Single(watcher.Seen));
    }

    [Fact]
    public void A_bar_whose_last_minute_had_no_trade_comes_with_the_next_minute_and_one_without_any_never()
    {
        var watcher = new Watcher("5m");
        StrategyTrial.Of(watcher).Bars(Minute(0, 10, 12, 9, 11, 100), Minute(12, 11, 15, 11, 14, 200));

        Assert.Equal([new Bar("SPY", Open, 10, 12, 9, 11, 100, 5)], watcher.Seen);
    }

    [Theory]
    [InlineData("1h")]
    [InlineData("1d")]
    public void What_had_begun_before_the_first_minute_is_no_bar(string timeframe)
    {
        const int Day = 1_440;
        var watcher = new Watcher(timeframe);
        StrategyTrial.Of(watcher).Bars(Minute(70, 10, 12, 9, 11, 100), Minute(Day, 20, 22, 19, 21, 200), Minute(Day + 30, 30, 33, 29, 31, 300), Minute(2 * Day, 1, 1, 1, 1, 1));

        // It came on Monday at 10:40. Tuesday's first hour began at 9:00, before anybody traded: that is a whole one.
        (double Open, double Close)[] expected = timeframe == "1d" ? [(20, 31)] : [(20, 21), (30, 31)];
        Assert.Equal(expected, watcher.Seen.Select(bar => (bar.Open, bar.Close)));
    }

    [Fact]
    public void A_stocks_day_is_the_regular_session()
    {
        var watcher = new Watcher("1d");
        StrategyTrial.Of(watcher).Bars(
            Minute(-30, 5, 99, 1, 5, 1_000), Minute(0, 10, 11, 9, 10, 100), Minute(389, 12, 13, 11, 12, 200), Minute(390, 50, 50, 50, 50, 5), Minute(1_440, 20, 20, 20, 20, 1));

        var day = Assert.Single(watcher.Seen);
        Assert.Equal((10, 13, 9, 12, 300), (day.Open, day.High, day.Low, day.Close, day.Volume));
        Assert.Equal((StrategyTrial.MondayMorning, StrategyTrial.MondayMorning.AddMinutes(390), "1d"), (day.OpensAt, day.ClosesAt, day.Timeframe));
    }

    [Fact]
    public void Longer_bars_are_counted_from_midnight_in_New_York_and_for_crypto_from_midnight_UTC()
    {
        var (stock, coin) = (new Watcher("4h"), new Watcher("4h"));
        StrategyTrial.Of(stock).Bars(Minute(-200, 1, 1, 1, 1, 1), Minute(0, 1, 1, 1, 1, 1), Minute(300, 1, 1, 1, 1, 1));
        StrategyTrial.Of(coin, "BTC/USD").Bars([.. new[] { -200, 0, 300 }.Select(minute => Minute(minute, 1, 1, 1, 1, 1) with { Symbol = "BTC/USD" })]);

        // 9:30 lies between 8 and 12 o'clock in New York, 14:30 between 12 and 16 o'clock UTC.
        Assert.Equal(("13:00", "12:00"), ($"{stock.Seen[0].OpensAt:HH:mm}", $"{coin.Seen[0].OpensAt:HH:mm}"));
    }

    [Fact]
    public void Indicators_of_longer_bars_are_fed_those_and_the_handler_waits_for_them()
    {
        var strategy = new Slow();
        var trial = StrategyTrial.Of(strategy);

        // Two bars, and up to fourteen minutes before the first of them.
        Assert.Equal(44, trial.WarmUp);

        trial.Closes([.. Enumerable.Range(1, 31).Select(i => (double)i)]);

        // Bars of 15 minutes close at 15 and 30: their mean is known with the latter, and the handler is called from there on.
        Assert.Equal([(30, 15, 22.5), (31, 1, 22.5)], strategy.Calls);
    }

    [Fact]
    public void What_a_warm_up_wants_beyond_its_bound_is_said()
    {
        var trial = StrategyTrial.Of(new Deep()).Closes(1);

        Assert.Equal(100_000, trial.WarmUp);
        Assert.Equal("warning: The strategy wants 117389 minutes of history; 100000 are fed, and the rest comes while it runs.", Assert.Single(trial.Logs));
    }

    [Fact]
    public void A_symbol_subscribed_to_in_a_longer_timeframe_comes_in_that_one_only()
    {
        var watcher = new Watcher("2m");
        StrategyTrial.Of(watcher).Closes(1, 2, 3, 4, 5);

        Assert.Equal([2, 4], watcher.Seen.Select(bar => bar.Close));
    }

    [Theory]
    [InlineData("7m")]
    [InlineData("0m")]
    [InlineData("2d")]
    [InlineData("m")]
    [InlineData("1w")]
    [InlineData("")]
    [InlineData("+5m")]
    public void What_no_day_is_made_up_of_is_refused(string timeframe) =>
        Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Watcher(timeframe)));

    [Fact]
    public void Who_trades_what_is_not_subscribed_to_is_told_so() =>
        Assert.Contains("Subscribe(\"MSFT\")", Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Stranger()).Closes(1)).Message, StringComparison.Ordinal);

    private static Bar Minute(int minute, double open, double high, double low, double close, double volume) =>
        new("SPY", Open + (minute * Bar.LengthMs), open, high, low, close, volume);

    private sealed class Watcher(string timeframe) : Strategy
    {
        public List<Bar> Seen { get; } = [];

        public override void OnStart() => Subscribe(Symbol, timeframe);

        public override Signal? OnBar(Bar bar)
        {
            Assert.Equal(bar, Bars[0]);
            Seen.Add(bar);
            return null;
        }
    }

    private sealed class Slow : Strategy
    {
        private Sma mean = null!;

        public List<(double Close, int Minutes, double Mean)> Calls { get; } = [];

        public override void OnStart()
        {
            Subscribe(Symbol);
            mean = Sma(2, of: Subscribe(Symbol, "15m"));
        }

        public override Signal? OnBar(Bar bar)
        {
            Calls.Add((bar.Close, bar.Minutes, mean.Value));
            return null;
        }
    }

    private sealed class Deep : Strategy
    {
        public override void OnStart() => Sma(300, of: Subscribe(Symbol, "1d"));
    }

    private sealed class Stranger : Strategy
    {
        public override Signal? OnBar(Bar bar) => Buy(1, symbol: "MSFT");
    }
}
