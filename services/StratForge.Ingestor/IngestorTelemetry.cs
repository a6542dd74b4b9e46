using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratForge.Ingestor;

/// <summary>What the ingestor measures, and the source of the traces that every bar begins.</summary>
internal sealed class IngestorTelemetry : IDisposable
{
    public const string Name = "StratForge.Ingestor";

    private readonly Meter _meter;

    public IngestorTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        Received = _meter.CreateCounter<long>("stratforge.ingestor.received", "{message}", "Market messages received from the venue.");
        Published = _meter.CreateCounter<long>("stratforge.ingestor.published", "{message}", "Messages put on the bus.");
        Stored = _meter.CreateCounter<long>("stratforge.ingestor.bars.stored", "{bar}", "Bars stored, live ones and history.");
        Known = _meter.CreateCounter<long>("stratforge.ingestor.bars.known", "{bar}", "Bars that came again and were left out.");
        Quarantined = _meter.CreateCounter<long>("stratforge.ingestor.quarantined", "{message}", "Messages that cannot be true and were left out.");
        Backfilled = _meter.CreateCounter<long>("stratforge.ingestor.bars.backfilled", "{bar}", "Live bars that the stream had not brought.");
        Corrected = _meter.CreateCounter<long>("stratforge.ingestor.bars.corrected", "{bar}", "Stored bars that changed by late trades, and days so far.");
        Refusals = _meter.CreateCounter<long>("stratforge.ingestor.refusals", "{symbol}", "Symbols without trades and quotes because the venue's plan has no room.");
        Silences = _meter.CreateCounter<long>("stratforge.ingestor.silences", "{symbol}", "Symbols that were asked for because they brought no bar while their market trades.");
        Losses = _meter.CreateCounter<long>("stratforge.ingestor.stream.losses", "{connection}", "Stream connections lost, and attempts that failed.");
        BarLag = _meter.CreateHistogram<double>("stratforge.ingestor.bar.lag", "s", "From a bar's reception to its publication.");
    }

    public ActivitySource Activities { get; } = new(Name);

    public Counter<long> Received { get; }

    public Counter<long> Published { get; }

    public Counter<long> Stored { get; }

    public Counter<long> Known { get; }

    public Counter<long> Quarantined { get; }

    public Counter<long> Backfilled { get; }

    public Counter<long> Corrected { get; }

    public Counter<long> Refusals { get; }

    public Counter<long> Silences { get; }

    public Counter<long> Losses { get; }

    public Histogram<double> BarLag { get; }

    public void Dispose()
    {
        Activities.Dispose();
        _meter.Dispose();
    }
}
