using System.Globalization;

namespace StratForge.Takeover.Tests;

/// <summary>How long sessions of killed workers stood still.</summary>
internal sealed class TakeoverTimes
{
    private readonly List<double> _claimed = [];
    private readonly List<double> _resumed = [];

    /// <summary>Sessions that changed hands.</summary>
    public int Count => _resumed.Count;

    public double LongestClaim => _claimed.DefaultIfEmpty().Max();

    /// <summary>A session of a killed worker belongs to another.</summary>
    public void Claimed(TimeSpan after) => _claimed.Add(after.TotalSeconds);

    /// <summary>It has settled a bar that came after the kill.</summary>
    public void Resumed(TimeSpan after) => _resumed.Add(after.TotalSeconds);

    public override string ToString() => $"{Describe(_claimed)} | {Describe(_resumed)}";

    private static string Describe(List<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        return sorted.Length == 0
            ? "– | –"
            : string.Create(CultureInfo.InvariantCulture, $"{sorted[(sorted.Length - 1) / 2]:F1} | {sorted[^1]:F1}");
    }
}
