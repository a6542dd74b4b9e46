using System.Diagnostics.Metrics;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Measurements of the comparison of books and broker; only the gateway that keeps the books has them.</summary>
internal static class ReconciliationTelemetry
{
    private static readonly Meter Meter = new(OrderTelemetry.Name);

    private static int s_drifting;

    public static readonly Counter<long> Runs = Meter.CreateCounter<long>(
        "stratforge.reconciliation.runs", "{run}", "Comparisons of books and broker that came to their end.");

    public static readonly Counter<long> Drifts = Meter.CreateCounter<long>(
        "stratforge.reconciliation.drifts", "{drift}", "Differences between books and broker that nothing explains, each counted once.");

    public static readonly ObservableGauge<int> DriftingAssets = Meter.CreateObservableGauge(
        "stratforge.reconciliation.drifting_assets", () => Volatile.Read(ref s_drifting), "{asset}", "Assets that differ now without an explanation.");

    /// <summary>States how many assets drift now.</summary>
    public static void SetDrifting(int assets) => Volatile.Write(ref s_drifting, assets);
}
