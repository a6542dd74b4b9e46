using StratForge.Worker.Market;

namespace StratForge.Worker.Validation;

/// <summary>A market for trials, where none is stored: the same for everybody and every time. It rises, falls, goes sideways and jumps, so that
/// whatever a strategy waits for happens.</summary>
internal static class TrialBars
{
    private const int MinutesPerDay = 390;
    private const int MinutesPerRegime = 65;

    // Share of the price per minute: drift and width of each regime.
    private static readonly (double Drift, double Width)[] Regimes =
        [(0.0004, 0.0010), (-0.0001, 0.0006), (-0.0006, 0.0014), (0, 0.0025), (0.0009, 0.0012), (-0.0003, 0.0008)];

    // A Monday; the regular hours of New York begin at 14:30 UTC in winter.
    private static readonly DateTimeOffset FirstDay = new(2024, 1, 8, 14, 30, 0, TimeSpan.Zero);

    /// <summary>The first <paramref name="count"/> minutes of it: regular hours of weekdays, or around the clock for crypto.</summary>
    public static IReadOnlyList<BarValues> Make(int count, bool isCrypto)
    {
        var bars = new BarValues[count];
        var dice = 0x9E3779B97F4A7C15UL;
        var price = 100.0;
        for (var i = 0; i < count; i++)
        {
            var (drift, width) = Regimes[i / MinutesPerRegime % Regimes.Length];
            var open = price;
            var jump = i % 197 == 196 ? 0.012 * (Next(ref dice) > 0.5 ? 1 : -1) : 0;
            var close = open * (1 + drift + jump + (width * (Next(ref dice) - 0.5)));
            var high = Math.Max(open, close) * (1 + (width * 0.3 * Next(ref dice)));
            var low = Math.Min(open, close) * (1 - (width * 0.3 * Next(ref dice)));
            bars[i] = new BarValues(
                TimeOf(i, isCrypto).ToUnixTimeMilliseconds(), Cents(open), Cents(high), Cents(low), Cents(close), 1_000 + Math.Floor(9_000 * Next(ref dice)));
            price = bars[i].Close;
        }

        return bars;
    }

    private static DateTimeOffset TimeOf(int minute, bool isCrypto)
    {
        if (isCrypto)
        {
            return FirstDay.AddMinutes(minute);
        }

        var day = minute / MinutesPerDay;
        return FirstDay.AddDays((day / 5 * 7) + (day % 5)).AddMinutes(minute % MinutesPerDay);
    }

    private static double Cents(double price) => Math.Round(price, 2);

    // SplitMix64: the same numbers on every machine.
    private static double Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
