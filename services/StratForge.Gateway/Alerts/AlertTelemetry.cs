using System.Diagnostics.Metrics;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Alerts;

/// <summary>Measurements of alerts and of what is posted for them.</summary>
internal static class AlertTelemetry
{
    private static readonly Meter Meter = new(OrderTelemetry.Name);

    private static int s_watched;

    public static readonly ObservableGauge<int> Watched = Meter.CreateObservableGauge(
        "stratforge.alerts.watched", () => Volatile.Read(ref s_watched), "{alert}", "Alerts that this gateway watches; zero unless it keeps the books.");

    public static readonly Counter<long> Fired = Meter.CreateCounter<long>(
        "stratforge.alerts.fired", "{alert}", "Firings, by kind; tests included.");

    public static readonly Counter<long> Posts = Meter.CreateCounter<long>(
        "stratforge.alerts.webhook.posts", "{post}", "Attempts to post to webhooks, by outcome: delivered, failed or dead.");

    public static readonly Histogram<double> PostTime = Meter.CreateHistogram<double>(
        "stratforge.alerts.webhook.duration", "s", "One attempt to post to a webhook.");

    /// <summary>States how many alerts are watched here.</summary>
    public static void SetWatched(int alerts) => Volatile.Write(ref s_watched, alerts);
}
