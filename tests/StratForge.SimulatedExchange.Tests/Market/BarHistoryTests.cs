using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Tests.Market;

public sealed class BarHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 4, 17, 0, 0, TimeSpan.Zero);
    private static readonly SyntheticMarket Prices = new(1, TradingHours.Nyse);

    public static TheoryData<string, string> Frames => new()
    {
        { "1Min", "SPY" }, { "7Min", "SPY" }, { "1Hour", "SPY" }, { "4Hour", "BTC/USD" }, { "1Day", "SPY" }, { "1Week", "BTC/USD" }, { "3Month", "SPY" },
    };

    private static List<PriceBar> Bars(string symbol, string frame, DateTimeOffset from, DateTimeOffset to, bool descending = false, DateTimeOffset? now = null)
    {
        Assert.True(Timeframe.TryParse(frame, out var timeframe));
        return [.. BarHistory.Bars(Prices, Prices.Find(symbol)!, timeframe, from, to, now ?? Noon, descending)];
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Backwards_is_forwards_reversed(string frame, string symbol)
    {
        var (from, to) = (Noon - TimeSpan.FromDays(frame == "3Month" ? 900 : 20), Noon.AddDays(5));

        var up = Bars(symbol, frame, from, to);

        Assert.NotEmpty(up);
        Assert.Equal(Enumerable.Reverse(up), Bars(symbol, frame, from, to, descending: true));
        Assert.Equal(up.OrderBy(bar => bar.OpensAt), up);
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Nothing_of_the_future_shows(string frame, string symbol)
    {
        var from = Noon - TimeSpan.FromDays(400);
        var then = Bars(symbol, frame, from, Noon.AddYears(1), now: Noon);
        var known = Prices.Minutes(Prices.Find(symbol)!, then[^1].OpensAt, Noon).ToList();

        // The last bar is made of nothing but the minutes that have passed.
        Assert.Equal(PriceBar.Over(then[^1].OpensAt, known), then[^1]);
    }

    [Fact]
    public void Both_ends_of_a_range_are_part_of_it()
    {
        var open = new DateTimeOffset(2026, 2, 3, 14, 30, 0, TimeSpan.Zero);

        Assert.Equal(391, Bars("SPY", "1Min", open, open.AddMinutes(390)).Count);
    }

    [Fact]
    public void Longer_bars_are_minutes_taken_together()
    {
        var hour = new DateTimeOffset(2026, 2, 3, 15, 0, 0, TimeSpan.Zero);

        var whole = Bars("AAPL", "1Hour", hour, hour).Single();

        var minutes = Bars("AAPL", "1Min", hour, hour.AddMinutes(59));
        Assert.Equal(60, minutes.Count);
        Assert.Equal(
            (minutes[0].Open, minutes.Max(bar => bar.High), minutes.Min(bar => bar.Low), minutes[^1].Close, minutes.Sum(bar => bar.Volume)),
            (whole.Open, whole.High, whole.Low, whole.Close, whole.Volume));
    }

    [Theory]
    [InlineData("60Min")]
    [InlineData("24Hour")]
    [InlineData("5Month")]
    [InlineData("30Sec")]
    [InlineData("0Min")]
    [InlineData("2Day")]
    [InlineData("Min")]
    [InlineData("")]
    public void A_length_that_Alpaca_refuses_is_refused(string frame) => Assert.False(Timeframe.TryParse(frame, out _));
}
