using System.Globalization;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>What one turn of one contestant took in, and what that cost.</summary>
/// <param name="Elapsed">Time of the turn.</param>
/// <param name="Milliseconds">How long each accepted order took.</param>
/// <param name="GatewayCpu">CPU time of the gateway; zero without one.</param>
/// <param name="PostgresCpu">CPU time of the database server.</param>
/// <param name="ClientCpu">CPU time of whoever sent the orders and, with a gateway, of the broker they went to.</param>
internal sealed record IntakeRun(
    TimeSpan Elapsed, IReadOnlyList<double> Milliseconds, TimeSpan GatewayCpu, TimeSpan PostgresCpu, TimeSpan ClientCpu);

/// <summary>The turns of one contestant with so many connections.</summary>
internal sealed class IntakeFigures(int connections, string name)
{
    private readonly List<IntakeRun> _runs = [];
    private readonly Latencies _latencies = new();

    public int Connections => connections;

    public string Name => name;

    /// <summary>Accepted orders per second over all turns.</summary>
    public double Rate => _latencies.Count / _runs.Sum(run => run.Elapsed.TotalSeconds);

    /// <summary>CPU time of the gateway per accepted order, µs.</summary>
    public double GatewayCpu => PerOrder(run => run.GatewayCpu);

    public void Add(IntakeRun run)
    {
        _runs.Add(run);
        foreach (var milliseconds in run.Milliseconds)
        {
            _latencies.Add(milliseconds);
        }
    }

    /// <summary>A line of the report.</summary>
    /// <param name="baseline">The one-statement figures with as many connections; null for those themselves.</param>
    public string Describe(IntakeFigures? baseline)
    {
        var rates = _runs.Select(run => run.Milliseconds.Count / run.Elapsed.TotalSeconds).ToArray();
        var ratio = baseline is null ? "1" : (Rate / baseline.Rate).ToString("F2", CultureInfo.InvariantCulture);
        var gateway = _runs.TrueForAll(run => run.GatewayCpu == TimeSpan.Zero) ? "" : GatewayCpu.ToString("F0", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {connections} | {name} | {Rate:F0} | {rates.Min():F0}–{rates.Max():F0} | {ratio} | {_latencies.Percentile(0.5):F2} | {_latencies.Percentile(0.99):F2} | {gateway} | {PerOrder(run => run.PostgresCpu):F0} | {PerOrder(run => run.ClientCpu):F0} |");
    }

    private double PerOrder(Func<IntakeRun, TimeSpan> cost) => _runs.Sum(run => cost(run).TotalMicroseconds) / _latencies.Count;
}
