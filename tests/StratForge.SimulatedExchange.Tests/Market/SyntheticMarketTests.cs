using FsCheck;
using FsCheck.Fluent;
using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Tests.Market;

public sealed class SyntheticMarketTests
{
    private static readonly DateTimeOffset Monday = new(2026, 2, 2, 5, 0, 0, TimeSpan.Zero);

    private static SyntheticMarket Market(long seed = 1, TradingHours hours = TradingHours.Always) => new(seed, hours);

    [Fact]
    public void The_same_seed_gives_the_same_bar_whatever_was_asked_before()
    {
        var (one, other) = (Market(), Market());
        var spy = one.Find("SPY")!;
        var minutes = Enumerable.Range(0, 3000).Select(index => Monday.AddMinutes(index * 7)).ToList();

        var forwards = minutes.ConvertAll(minute => one.MinuteBar(spy, minute));
        var backwards = Enumerable.Reverse(minutes).Select(minute => other.MinuteBar(spy, minute)).Reverse();

        Assert.Equal(forwards, backwards);
        Assert.NotEqual(forwards[0], Market(seed: 2).MinuteBar(spy, minutes[0]));
    }

    [Theory]
    [InlineData("SPY", "Always")]
    [InlineData("BTC/USD", "Always")]
    [InlineData("TSLA", "Nyse")]
    [InlineData("SOL/USD", "Nyse")]
    public void A_day_bar_is_its_minutes_taken_together(string symbol, string hours)
    {
        var market = Market(hours: Enum.Parse<TradingHours>(hours));
        var instrument = market.Find(symbol)!;

        // Two weeks around a change of clocks: days of 23, 24 and, for stocks by the hours of New York, 16 hours.
        for (var day = new DateOnly(2026, 3, 2); day < new DateOnly(2026, 3, 16); day = day.AddDays(1))
        {
            var whole = market.DayBar(instrument, day, DateTimeOffset.MaxValue);
            var start = PriceSource.StartOf(instrument, day);
            var minutes = market.Minutes(instrument, start, PriceSource.StartOf(instrument, day.AddDays(1)));

            Assert.Equal(PriceBar.Over(start, minutes), whole);
        }
    }

    [Fact]
    public void Every_bar_could_have_been_traded() =>
        Prop.ForAll(Gen.Choose(0, 20_000_000).ToArbitrary(), Gen.Elements(Market().Instruments.AsEnumerable()).ToArbitrary(), (minute, instrument) =>
        {
            var bar = Market().MinuteBar(instrument, new DateTimeOffset(1990, 6, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute))!.Value;
            return bar.Low > 0m && bar.Low <= decimal.Min(bar.Open, bar.Close) && bar.High >= decimal.Max(bar.Open, bar.Close)
                && bar.Volume > 0m && bar.Open % instrument.Tick == 0m && bar.High % instrument.Tick == 0m;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Around_the_clock_a_minute_opens_where_the_one_before_closed()
    {
        var market = Market();
        var bitcoin = market.Find("BTC/USD")!;
        var bars = market.Minutes(bitcoin, Monday, Monday.AddDays(3)).ToList();

        Assert.Equal(3 * 1440, bars.Count);
        Assert.All(bars.Zip(bars.Skip(1)), pair => Assert.Equal(pair.First.Close, pair.Second.Open));
    }

    [Theory]
    [InlineData("SPY")]
    [InlineData("AAPL")]
    [InlineData("BTC/USD")]
    [InlineData("SOL/USD")]
    public void Averages_of_five_and_twenty_minutes_cross_every_few_dozen_minutes(string symbol)
    {
        var market = Market();
        var closes = market.Minutes(market.Find(symbol)!, Monday, Monday.AddDays(10)).Select(bar => (double)bar.Close).ToList();
        var above = Enumerable.Range(20, closes.Count - 20)
            .Select(index => closes.GetRange(index - 5, 5).Average() > closes.GetRange(index - 20, 20).Average()).ToList();

        var crossings = above.Zip(above.Skip(1)).Count(pair => pair.First != pair.Second);

        Assert.InRange((double)closes.Count / crossings, 10, 60);
    }

    [Theory]
    [InlineData("SPY", 0.009)]
    [InlineData("BTC/USD", 0.026)]
    [InlineData("TSLA", 0.030)]
    public void Prices_move_about_as_much_as_their_market_does(string symbol, double daily)
    {
        var market = Market();
        var instrument = market.Find(symbol)!;
        var closes = Enumerable.Range(0, 500).Select(day => (double)market.DayBar(instrument, new DateOnly(2024, 6, 1).AddDays(day), DateTimeOffset.MaxValue)!.Value.Close).ToList();
        var moves = closes.Zip(closes.Skip(1), (before, after) => Math.Log(after / before)).ToList();
        var minutes = market.Minutes(instrument, Monday, Monday.AddDays(5)).Select(bar => (double)bar.Close).ToList();
        var minuteMoves = minutes.Zip(minutes.Skip(1), (before, after) => Math.Log(after / before)).ToList();

        Assert.InRange(Deviation(moves) / daily, 0.5, 2);
        Assert.InRange(Deviation(minuteMoves) * Math.Sqrt(1440) / daily, 0.5, 2);

        static double Deviation(List<double> values) => Math.Sqrt(values.Sum(value => value * value) / values.Count);
    }

    [Fact]
    public void By_New_Yorks_hours_stocks_rest_at_night_and_over_the_weekend()
    {
        var market = Market(hours: TradingHours.Nyse);
        var spy = market.Find("SPY")!;
        var friday = new DateTimeOffset(2026, 2, 7, 0, 59, 0, TimeSpan.Zero);
        var monday = new DateTimeOffset(2026, 2, 9, 9, 0, 0, TimeSpan.Zero);

        Assert.NotNull(market.MinuteBar(spy, friday));
        Assert.Null(market.MinuteBar(spy, friday.AddMinutes(1)));
        Assert.Equal(monday, market.NextBarAt(spy, friday.AddMinutes(1)));
        Assert.Equal(friday, market.LastBarBefore(spy, monday)!.Value.OpensAt);
        Assert.Equal(market.MinuteBar(spy, friday)!.Value.Close, market.PriceAt(spy, monday.AddMinutes(-1)));
        Assert.NotNull(market.MinuteBar(market.Find("BTC/USD")!, friday.AddMinutes(1)));
    }
}
