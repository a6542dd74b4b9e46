using FsCheck;
using FsCheck.Fluent;
using StratForge.Strategies.Indicators;

namespace StratForge.Strategies.Tests.Indicators;

/// <summary>Every streaming indicator against its definition, computed from all bars each time.</summary>
public sealed class IndicatorFormulaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(77)]
    public void A_simple_average_is_the_mean_of_its_window(int period) =>
        Agrees(() => new Sma(period), bars => bars.Length < period ? double.NaN : Closes(bars, period).Average());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(77)]
    public void A_deviation_is_the_root_of_the_mean_squared_distance(int period) =>
        Agrees(() => new StdDev(period), bars => bars.Length < period ? double.NaN : Deviation(Closes(bars, period)));

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(50)]
    public void An_exponential_average_weighs_the_newest_by_two_over_period_plus_one(int period) =>
        Agrees(() => new Ema(period), bars => Exponential([.. bars.Select(bar => bar.Close)], period));

    [Theory]
    [InlineData(1)]
    [InlineData(14)]
    public void A_strength_index_is_Wilders(int period) => Agrees(() => new Rsi(period), bars => Strength(bars, period));

    [Theory]
    [InlineData(1)]
    [InlineData(14)]
    public void A_true_range_average_is_Wilders(int period) => Agrees(() => new Atr(period), bars => TrueRange(bars, period));

    [Fact]
    public void Bands_lie_two_deviations_around_the_mean()
    {
        Agrees(() => new Bollinger(20, 2), bars => bars.Length < 20 ? double.NaN : Closes(bars, 20).Average() + (2 * Deviation(Closes(bars, 20))), one => one.Upper.Value);
        Agrees(() => new Bollinger(20, 2), bars => bars.Length < 20 ? double.NaN : Closes(bars, 20).Average() - (2 * Deviation(Closes(bars, 20))), one => one.Lower.Value);
    }

    [Fact]
    public void A_channel_spans_the_highest_high_and_the_lowest_low()
    {
        Agrees(() => new Donchian(20), bars => bars.Length < 20 ? double.NaN : bars.TakeLast(20).Max(bar => bar.High), one => one.Upper.Value);
        Agrees(() => new Donchian(20), bars => bars.Length < 20 ? double.NaN : bars.TakeLast(20).Min(bar => bar.Low), one => one.Lower.Value);
    }

    [Fact]
    public void The_convergence_line_is_the_fast_average_less_the_slow_one()
    {
        Agrees(() => new Macd(12, 26, 9), Line);
        Agrees(() => new Macd(12, 26, 9), SignalLine, one => one.Signal.Value);
        Agrees(() => new Macd(12, 26, 9), bars => Line(bars) - SignalLine(bars), one => one.Histogram.Value);
    }

    [Fact]
    public void Every_indicator_is_ready_exactly_when_its_warm_up_says()
    {
        Indicator[] all = [new Sma(7), new Ema(7), new Rsi(7), new StdDev(7), new Bollinger(7), new Atr(7), new Donchian(7), new Sma(1), new Atr(1), new Rsi(1)];
        foreach (var indicator in all)
        {
            var seen = 0;
            foreach (var bar in SomeBars.Walk(5, 20))
            {
                indicator.Update(bar);
                seen++;
                Assert.Equal(seen >= indicator.WarmUp, indicator.IsReady);
            }
        }

        var macd = new Macd(3, 6, 4);
        foreach (var (bar, seen) in SomeBars.Walk(5, 20).Select((bar, i) => (bar, i + 1)))
        {
            macd.Update(bar);
            Assert.Equal(seen >= macd.WarmUp, macd.Histogram.IsReady);
        }
    }

    [Fact]
    public void A_flat_market_has_no_deviation_no_range_and_a_strength_of_fifty()
    {
        var (deviation, range, strength) = (new StdDev(5), new Atr(5), new Rsi(5));
        foreach (var bar in SomeBars.Closing([.. Enumerable.Repeat(123.45, 17)]))
        {
            deviation.Update(bar);
            range.Update(bar);
            strength.Update(bar);
        }

        Assert.Equal((0.0, 0.0, 50.0), (deviation.Value, range.Value, strength.Value));
    }

    [Fact]
    public void An_average_forgets_a_price_a_billion_times_as_high_without_a_trace()
    {
        var average = new Sma(10);
        foreach (var bar in SomeBars.Closing([.. Enumerable.Repeat(0.1, 10), 1e8, .. Enumerable.Repeat(0.1, 20)]))
        {
            average.Update(bar);
        }

        Assert.Equal(0.1, average.Value, 15);
    }

    [Fact]
    public void A_crossing_is_seen_at_the_bar_where_it_happens_and_only_there()
    {
        var (fast, slow) = (new Sma(1), new Sma(3));
        var above = new List<int>();
        var below = new List<int>();
        foreach (var (bar, i) in SomeBars.Closing(10, 10, 10, 12, 13, 9, 8, 8, 8, 8, 9).Select((bar, i) => (bar, i)))
        {
            fast.Update(bar);
            slow.Update(bar);
            if (fast.CrossedAbove(slow))
            {
                above.Add(i);
            }

            if (fast.CrossedBelow(slow))
            {
                below.Add(i);
            }
        }

        Assert.Equal([3, 10], above);
        Assert.Equal([5], below);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Series.Kept)]
    public void Nobody_looks_into_the_future_or_past_what_is_kept(int ago) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sma(3)[ago]);

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void A_period_out_of_range_is_refused(int period) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sma(period));

    private static void Agrees<T>(Func<T> create, Func<Bar[], double> definition, Func<T, double>? value = null)
        where T : Indicator =>
        Prop.ForAll(SomeBars.Walks, bars =>
        {
            var indicator = create();
            foreach (var bar in bars)
            {
                indicator.Update(bar);
            }

            var expected = definition(bars);
            var actual = value is null ? indicator.Value : value(indicator);
            // The scale of what went into the sums, not of the result: a difference of two averages may be next to nothing.
            var scale = bars.Max(bar => bar.High);
            return double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(expected - actual) <= 1e-10 * scale;
        }).QuickCheckThrowOnFailure();

    private static double[] Closes(Bar[] bars, int period) => [.. bars.TakeLast(period).Select(bar => bar.Close)];

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static double Exponential(double[] values, int period)
    {
        if (values.Length < period)
        {
            return double.NaN;
        }

        var weight = 2.0 / (period + 1);
        return values.Skip(period).Aggregate(values.Take(period).Average(), (average, value) => ((1 - weight) * average) + (weight * value));
    }

    private static double Line(Bar[] bars) =>
        Exponential([.. bars.Select(bar => bar.Close)], 12) - Exponential([.. bars.Select(bar => bar.Close)], 26);

    private static double SignalLine(Bar[] bars) =>
        Exponential([.. Enumerable.Range(26, Math.Max(0, bars.Length - 25)).Select(count => Line(bars[..count]))], 9);

    private static double Strength(Bar[] bars, int period)
    {
        var changes = bars.Zip(bars.Skip(1), (one, next) => next.Close - one.Close).ToArray();
        if (changes.Length < period)
        {
            return double.NaN;
        }

        var gain = Wilder([.. changes.Select(change => Math.Max(change, 0))], period);
        var loss = Wilder([.. changes.Select(change => Math.Max(-change, 0))], period);
        return gain + loss == 0 ? 50 : loss == 0 ? 100 : 100 - (100 / (1 + (gain / loss)));
    }

    private static double TrueRange(Bar[] bars, int period)
    {
        var ranges = bars.Zip(bars.Skip(1), (one, next) =>
            new[] { next.High - next.Low, Math.Abs(next.High - one.Close), Math.Abs(next.Low - one.Close) }.Max()).ToArray();
        return ranges.Length < period ? double.NaN : Wilder(ranges, period);
    }

    private static double Wilder(double[] values, int period) =>
        values.Skip(period).Aggregate(values.Take(period).Average(), (average, value) => average + ((value - average) / period));
}
