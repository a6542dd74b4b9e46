using System.Globalization;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.HostStart;

/// <summary>One way to run code in a process of its own, and its figures so far.</summary>
/// <param name="name">As the report has it.</param>
/// <param name="round">Starts one, uses it, and notes the figures.</param>
internal sealed class Contestant(string name, Action<Contestant> round)
{
    /// <summary>From the start to the word that code may come.</summary>
    public Latencies Ready { get; } = new();

    /// <summary>From the start to the answer to the first event.</summary>
    public Latencies FirstAnswer { get; } = new();

    /// <summary>One event and its answer, once it runs.</summary>
    public Latencies RoundTrip { get; } = new();

    private readonly List<(double Resident, double Share)> _memory = [];

    public void Play() => round(this);

    /// <summary>Notes what it holds.</summary>
    public void Holds((double Resident, double Share) memory) => _memory.Add(memory);

    /// <summary>A line of the report.</summary>
    public string Describe()
    {
        var ready = Ready.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Ready.Percentile(0.5):F0}");
        var memory = _memory[_memory.Count / 2];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {ready} | {FirstAnswer.Percentile(0.5):F0} | {FirstAnswer.Percentile(0.95):F0} | {memory.Resident:F1} | {memory.Share:F1} | {RoundTrip.Percentile(0.5) * 1000:F1} | {RoundTrip.Percentile(0.99) * 1000:F1} |");
    }
}
