using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratForge.Worker;

/// <summary>Spans and instruments of this service, all below one name.</summary>
internal static class WorkerTelemetry
{
    public const string Name = "StratForge.Worker";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Bars = Meter.CreateCounter<long>(
        "stratforge.worker.bars", "{bar}", "Bars taken from the bus or from storage, each once per worker");

    public static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "stratforge.worker.events", "{event}", "Events handled by strategies");

    public static readonly Counter<long> Signals = Meter.CreateCounter<long>(
        "stratforge.worker.signals", "{signal}", "Signals answered by the gateway, by status");

    public static readonly Counter<long> Claims = Meter.CreateCounter<long>(
        "stratforge.worker.claims", "{session}", "Sessions taken by this worker");

    public static readonly Counter<long> HandOvers = Meter.CreateCounter<long>(
        "stratforge.worker.hand_overs", "{session}", "Sessions handed over to other workers in good order");

    public static readonly Counter<long> NotRepeated = Meter.CreateCounter<long>(
        "stratforge.worker.not_repeated", "{session}", "Strategies that did something else when they were told the same again");

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "stratforge.worker.failures", "{session}", "Sessions that failed, by code");

    public static readonly Counter<long> LogDropped = Meter.CreateCounter<long>(
        "stratforge.worker.log_dropped", "By", "Log output of strategies beyond what is kept");

    public static readonly Counter<long> Restarts = Meter.CreateCounter<long>(
        "stratforge.worker.restarts", "{host}", "Hosts that ended by themselves and are started again, by code");

    public static readonly Histogram<double> BarLag = Meter.CreateHistogram<double>(
        "stratforge.worker.bar.lag", "s", "From a bar's arrival at this worker to its hand-over to a host, once for each host");

    public static readonly Histogram<double> Delivery = Meter.CreateHistogram<double>(
        "stratforge.worker.signal_duration", "s", "From the signals of an event to the gateway's answer, waiting and repeats included");

    public static readonly Histogram<double> RoundTrip = Meter.CreateHistogram<double>(
        "stratforge.worker.event_duration", "s", "From handing an event to a host to its answer");

    public static readonly Histogram<double> Execution = Meter.CreateHistogram<double>(
        "stratforge.worker.execute_duration", "s", "Time the gateway takes for one batch of signals");

    public static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "stratforge.worker.batch_size", "{signal}", "Signals in one batch");

    /// <summary>A span below <paramref name="traceparent"/>; null when nobody listens.</summary>
    public static Activity? Start(string name, string? traceparent)
    {
        var activity = Source.StartActivity(
            name, ActivityKind.Consumer, ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent) ? parent : default);

        // Spans of many sessions are open at once on the loop's thread: none of them is the parent of whatever comes next there.
        Activity.Current = null;
        return activity;
    }

    /// <summary>One for each kind of host, tagged with its kind and the mode of its cage.</summary>
    public static void ObserveCage(Func<IEnumerable<(string Kind, string Mode)>> cages) => Meter.CreateObservableGauge(
        "stratforge.worker.cage",
        () => cages().Select(cage => new Measurement<int>(1, new("kind", cage.Kind), new KeyValuePair<string, object?>("mode", cage.Mode))),
        "{host}",
        "How hosts of each kind are caged on this machine: full, seccomp-only, none or refuse");
}
