using FsCheck;
using FsCheck.Fluent;
using StratForge.Strategies.Indicators;

namespace StratForge.Strategies.Tests.Indicators;

/// <summary>More indicators against their definitions, computed anew from all bars.</summary>
public sealed class MoreFormulaTests
{
    private const double Never = double.NaN;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(33)]
    public void A_weighted_average_counts_the_newest_most(int period) => Agrees(
        () => new Wma(period),
        bars => bars.Length < period ? Never : Last(bars, period).Select((bar, i) => (i + 1) * bar.Close).Sum() / Enumerable.Range(1, period).Sum());

    [Fact]
    public void Momentum_and_rate_of_change_look_ten_bars_back()
    {
        Agrees(() => new Momentum(10), bars => bars.Length < 11 ? Never : bars[^1].Close - bars[^11].Close);
        Agrees(() => new Roc(10), bars => bars.Length < 11 ? Never : ((bars[^1].Close / bars[^11].Close) - 1) * 100, scale: 1e4);
    }

    [Fact]
    public void A_stochastic_is_where_the_close_lies_in_its_range_averaged_twice()
    {
        static double Raw(Bar[] bars) => bars.Length < 14 ? Never : 100 * (bars[^1].Close - Low(bars, 14)) / (High(bars, 14) - Low(bars, 14));
        static double K(Bar[] bars) => bars.Length < 16 ? Never : Enumerable.Range(0, 3).Average(ago => Raw(bars[..^ago]));

        Agrees(() => new Stochastic(14, 3, 3), K, scale: 1e4);
        Agrees(() => new Stochastic(14, 3, 3), bars => bars.Length < 18 ? Never : Enumerable.Range(0, 3).Average(ago => K(bars[..^ago])), one => one.D.Value, scale: 1e4);
    }

    [Fact]
    public void Williams_measures_from_above() => Agrees(
        () => new WilliamsR(14), bars => bars.Length < 14 ? Never : -100 * (High(bars, 14) - bars[^1].Close) / (High(bars, 14) - Low(bars, 14)), scale: 1e4);

    [Fact]
    public void A_channel_index_counts_mean_deviations() => Agrees(
        () => new Cci(20),
        bars =>
        {
            if (bars.Length < 20)
            {
                return Never;
            }

            var typical = Last(bars, 20).Select(Typical).ToArray();
            var mean = typical.Average();
            var deviation = typical.Average(price => Math.Abs(price - mean));
            return deviation == 0 ? 0 : (typical[^1] - mean) / (0.015 * deviation);
        },
        scale: 1e4);

    [Fact]
    public void On_balance_volume_adds_what_rises_and_takes_off_what_falls() => Agrees(
        () => new Obv(), bars => bars.Zip(bars.Skip(1), (one, next) => Math.Sign(next.Close.CompareTo(one.Close)) * next.Volume).Sum(), scale: 1e6);

    [Fact]
    public void A_volume_weighted_price_begins_anew_each_day() => Agrees(
        () => new Vwap(),
        bars =>
        {
            // New York's midnight is 04:00 UTC in October.
            static long DayOf(Bar bar) => (bar.OpensAtMs - (4 * 3_600_000)) / 86_400_000;
            var today = bars.Where(bar => DayOf(bar) == DayOf(bars[^1])).ToArray();
            var volume = today.Sum(bar => bar.Volume);
            return volume == 0 ? Typical(bars[^1]) : today.Sum(bar => Typical(bar) * bar.Volume) / volume;
        },
        minutes: 60);

    [Fact]
    public void A_Keltner_channel_lies_two_ranges_around_the_average()
    {
        static double Middle(Bar[] bars) => Exponential([.. bars.Select(bar => bar.Close)], 20);

        Agrees(() => new Keltner(20, 2, 10), Middle);
        Agrees(() => new Keltner(20, 2, 10), bars => Middle(bars) + (2 * Wilder(Ranges(bars), 10)), one => one.Upper.Value);
        Agrees(() => new Keltner(20, 2, 10), bars => Middle(bars) - (2 * Wilder(Ranges(bars), 10)), one => one.Lower.Value);
    }

    [Fact]
    public void A_directional_index_is_Wilders()
    {
        static double Up(Bar one, Bar next) => next.High - one.High > one.Low - next.Low ? Math.Max(next.High - one.High, 0) : 0;
        static double Down(Bar one, Bar next) => one.Low - next.Low > next.High - one.High ? Math.Max(one.Low - next.Low, 0) : 0;
        static double Share(Bar[] bars, Func<Bar, Bar, double> movement) =>
            Math.Max(0, 100 * Wilder([.. bars.Zip(bars.Skip(1), movement)], 14) / Wilder(Ranges(bars), 14));
        static double Strength(Bar[] bars) => (Share(bars, Up), Share(bars, Down)) is var (up, down) && up + down == 0 ? 0 : 100 * Math.Abs(up - down) / (up + down);

        Agrees(() => new Adx(14), bars => Share(bars, Up), one => one.PlusDi.Value, scale: 1e4);
        Agrees(() => new Adx(14), bars => Share(bars, Down), one => one.MinusDi.Value, scale: 1e4);
        Agrees(
            () => new Adx(14),
            bars => bars.Length < 28 ? Never : Wilder([.. Enumerable.Range(15, bars.Length - 14).Select(count => Strength(bars[..count]))], 14),
            scale: 1e4,
            most: 100);
    }

    [Fact]
    public void The_cloud_is_drawn_ahead()
    {
        static double Middle(Bar[] bars, int period) => bars.Length < period ? Never : (High(bars, period) + Low(bars, period)) / 2;

        Agrees(() => new Ichimoku(), bars => Middle(bars, 9));
        Agrees(() => new Ichimoku(), bars => Middle(bars, 26), one => one.Base.Value);
        Agrees(() => new Ichimoku(), bars => bars.Length < 26 ? Never : (Middle(bars[..^26], 9) + Middle(bars[..^26], 26)) / 2, one => one.SpanA.Value);
        Agrees(() => new Ichimoku(), bars => bars.Length < 26 ? Never : Middle(bars[..^26], 52), one => one.SpanB.Value);
    }

    [Fact]
    public void A_parabolic_stop_follows_Wilders_rules() => Agrees(() => new ParabolicSar(), Parabolic);

    [Fact]
    public void A_supertrend_changes_sides_at_a_close_beyond_it() => Agrees(() => new Supertrend(10, 3), Super);

    // The published example of StockCharts' school ("RSI calculation", 14 days of QQQQ): its first index and the next few.
    [Fact]
    public void A_strength_index_is_the_published_one()
    {
        double[] closes =
        [
            44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328,
            46.4116, 46.2222, 45.6439,
        ];
        double[] published = [70.53, 66.32, 66.55, 69.41, 66.36, 57.97];
        var index = new Rsi(14);
        var values = new List<double>();
        foreach (var bar in SomeBars.Closing(closes))
        {
            index.Update(bar);
            if (index.IsReady)
            {
                values.Add(Math.Round(index.Value, 2));
            }
        }

        Assert.Equal(published, values);
    }

    private static double Parabolic(Bar[] bars)
    {
        if (bars.Length < 2)
        {
            return Never;
        }

        var up = bars[1].Close >= bars[0].Close;
        var sign = up ? 1 : -1;

        // Seen upside down, a fall is a rise: one set of rules for both.
        double Near(Bar bar) => sign > 0 ? bar.Low : -bar.High;
        double Far(Bar bar) => sign > 0 ? bar.High : -bar.Low;
        var stop = Math.Min(Near(bars[0]), Near(bars[1]));
        var extreme = Math.Max(Far(bars[0]), Far(bars[1]));
        var factor = 0.02;
        for (var i = 2; i < bars.Length; i++)
        {
            stop = Math.Min(stop + (factor * (extreme - stop)), Math.Min(Near(bars[i - 1]), Near(bars[i - 2])));
            if (Near(bars[i]) < stop)
            {
                stop = -Math.Max(extreme, Far(bars[i]));
                sign = -sign;
                extreme = Far(bars[i]);
                factor = 0.02;
            }
            else if (Far(bars[i]) > extreme)
            {
                extreme = Far(bars[i]);
                factor = Math.Min(factor + 0.02, 0.2);
            }
        }

        return sign * stop;
    }

    private static double Super(Bar[] bars)
    {
        if (bars.Length < 11)
        {
            return Never;
        }

        var (upper, lower, up) = (Never, Never, true);
        for (var i = 10; i < bars.Length; i++)
        {
            var reach = 3 * Wilder(Ranges(bars[..(i + 1)]), 10);
            var middle = (bars[i].High + bars[i].Low) / 2;
            if (i == 10)
            {
                (upper, lower, up) = (middle + reach, middle - reach, bars[i].Close >= middle);
                continue;
            }

            upper = bars[i - 1].Close > upper ? middle + reach : Math.Min(upper, middle + reach);
            lower = bars[i - 1].Close < lower ? middle - reach : Math.Max(lower, middle - reach);
            up = up ? bars[i].Close >= lower : bars[i].Close > upper;
        }

        return up ? lower : upper;
    }

    private static void Agrees<T>(
        Func<T> create, Func<Bar[], double> definition, Func<T, double>? value = null, double? scale = null, int minutes = 1, int most = 160)
        where T : Indicator =>
        Prop.ForAll(SomeBars.Walks, walk =>
        {
            var bars = walk.Take(most).Select((bar, i) => bar with { OpensAtMs = walk[0].OpensAtMs + (i * minutes * Bar.LengthMs) }).ToArray();
            var indicator = create();
            foreach (var bar in bars)
            {
                indicator.Update(bar);
            }

            var expected = definition(bars);
            var actual = value is null ? indicator.Value : value(indicator);
            return double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(expected - actual) <= 1e-9 * (scale ?? bars.Max(bar => bar.High));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static Bar[] Last(Bar[] bars, int count) => bars[^count..];

    private static double High(Bar[] bars, int period) => Last(bars, period).Max(bar => bar.High);

    private static double Low(Bar[] bars, int period) => Last(bars, period).Min(bar => bar.Low);

    private static double Typical(Bar bar) => (bar.High + bar.Low + bar.Close) / 3;

    private static double[] Ranges(Bar[] bars) => [.. bars.Zip(bars.Skip(1), (one, next) =>
        new[] { next.High - next.Low, Math.Abs(next.High - one.Close), Math.Abs(next.Low - one.Close) }.Max())];

    private static double Exponential(double[] values, int period) => values.Length < period ? Never
        : values.Skip(period).Aggregate(values.Take(period).Average(), (average, value) => average + (2.0 / (period + 1) * (value - average)));

    private static double Wilder(double[] values, int period) => values.Length < period ? Never
        : values.Skip(period).Aggregate(values.Take(period).Average(), (average, value) => average + ((value - average) / period));
}
