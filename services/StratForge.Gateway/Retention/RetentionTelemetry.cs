using System.Diagnostics.Metrics;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Retention;

/// <summary>Measurements of what is deleted because it is old.</summary>
internal static class RetentionTelemetry
{
    private static readonly Meter Meter = new(OrderTelemetry.Name);

    public static readonly Counter<long> Deleted = Meter.CreateCounter<long>(
        "stratforge.retention.deleted", "{row}", "Rows deleted because they were old enough, by table.");

    public static readonly Histogram<double> BatchTime = Meter.CreateHistogram<double>(
        "stratforge.retention.batch.duration", "s", "One transaction that deletes old rows, by table.");
}
