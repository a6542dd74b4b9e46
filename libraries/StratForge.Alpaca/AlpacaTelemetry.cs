using System.Diagnostics.Metrics;

namespace StratForge.Alpaca;

/// <summary>Measurements of the client. Traces need nothing of ours: the HTTP handler sends <c>traceparent</c> itself.</summary>
public static class AlpacaTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "StratForge.Alpaca";

    private static readonly Meter Meter = new(MeterName);

    internal static readonly Histogram<double> BudgetWait = Meter.CreateHistogram<double>(
        "stratforge.alpaca.budget.wait", "s", "How long a request waited for the request budget.");

    internal static readonly Counter<long> BudgetRefusals = Meter.CreateCounter<long>(
        "stratforge.alpaca.budget.refusals", "{request}", "Requests not sent because too many waited.");

    internal static readonly Histogram<double> RequestDuration = Meter.CreateHistogram<double>(
        "stratforge.alpaca.request.duration", "s", "REST calls, from sending to the parsed answer.");

    internal static readonly Counter<long> StreamConnections = Meter.CreateCounter<long>(
        "stratforge.alpaca.stream.connections", "{connection}", "Stream connections that were authenticated.");

    internal static readonly Counter<long> StreamLosses = Meter.CreateCounter<long>(
        "stratforge.alpaca.stream.losses", "{connection}", "Stream connections or attempts that ended.");

    internal static readonly Counter<long> StreamFrames = Meter.CreateCounter<long>(
        "stratforge.alpaca.stream.frames", "{frame}", "Frames received from streams.");

    internal static readonly Counter<long> StreamUnreadable = Meter.CreateCounter<long>(
        "stratforge.alpaca.stream.unreadable", "{message}", "Stream messages that could not be read and were left out.");
}
