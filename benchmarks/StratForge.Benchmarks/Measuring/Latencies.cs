using System.Diagnostics;

namespace StratForge.Benchmarks.Measuring;

/// <summary>Durations of one run, each weighted by the orders that shared it.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    /// <summary>Their mean, milliseconds.</summary>
    public double Mean => _milliseconds.Average();

    public void Add(long from, long to, int orders)
    {
        var elapsed = Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
        for (var i = 0; i < orders; i++)
        {
            _milliseconds.Add(elapsed);
        }
    }

    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    /// <summary>The value below which the given share of orders lies, in milliseconds (nearest rank).</summary>
    public double Percentile(double share)
    {
        var sorted = _milliseconds.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
