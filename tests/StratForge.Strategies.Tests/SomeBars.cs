using FsCheck;
using FsCheck.Fluent;

namespace StratForge.Strategies.Tests;

/// <summary>Bars to try things on.</summary>
internal static class SomeBars
{
    /// <summary>Walks of 1 to 400 bars with prices between 1 and 100,000 and every relation a bar's prices may have.</summary>
    public static Arbitrary<Bar[]> Walks { get; } = Gen.Choose(1, 400)
        .SelectMany(count => Gen.Choose(int.MinValue, int.MaxValue), (count, seed) => Walk(seed, count))
        .ToArbitrary();

    /// <summary>A random walk; the same seed gives the same bars.</summary>
    public static Bar[] Walk(long seed, int count)
    {
        var random = new SeededRandom(seed);
        var close = 1 + (random.NextDouble() * 99_999);
        var bars = new Bar[count];
        for (var i = 0; i < count; i++)
        {
            var open = close;
            close = Math.Max(0.01, Math.Round(open * (0.98 + (0.04 * random.NextDouble())), 2));
            var high = Math.Max(open, close) * (1 + (0.01 * random.NextDouble()));
            var low = Math.Min(open, close) * (1 - (0.01 * random.NextDouble()));
            bars[i] = new Bar("SPY", 1_380_873_600_000 + (i * Bar.LengthMs), open, high, low, close, random.NextInt(0, 10_000));
        }

        return bars;
    }

    /// <summary>Bars that trade at one price each.</summary>
    public static Bar[] Closing(params double[] closes) =>
        [.. closes.Select((close, i) => new Bar("SPY", 1_380_873_600_000 + (i * Bar.LengthMs), close, close, close, close, 100))];
}
