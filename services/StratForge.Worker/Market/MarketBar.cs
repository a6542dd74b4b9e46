using System.Diagnostics;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Market;

/// <summary>One live bar as this worker holds it: parsed once, its frame built once, whatever the number of sessions.</summary>
/// <param name="symbol">Its symbol.</param>
/// <param name="seq">Its number.</param>
/// <param name="values">Its prices.</param>
/// <param name="frame">The frame for hosts, length included.</param>
/// <param name="traceparent">Trace context of its reception, if sampled.</param>
internal sealed class MarketBar(string symbol, long seq, BarValues values, byte[] frame, string? traceparent)
{
    private Activity? _activity;
    private TapedBar? _taped;

    public string Symbol { get; } = symbol;

    public long Seq { get; } = seq;

    public BarValues Values { get; } = values;

    public byte[] Frame { get; } = frame;

    /// <summary>When this worker heard of it, by the clock's timestamp: from the bus, or where the bus lost it, from storage.</summary>
    public long ArrivedAt { get; set; }

    /// <summary>The bar as tapes hold it: computed once, whatever the number of sessions. On the loop only.</summary>
    public TapedBar Taped => _taped ??= TapedBar.Of(Symbol, Seq, Values);

    public DateTimeOffset OpensAt => DateTimeOffset.FromUnixTimeMilliseconds(Values.UnixMilliseconds);

    /// <summary>Trace context for what this bar causes. The first signal starts the worker's own span; bars that cause nothing leave none.</summary>
    public string? TraceSignals()
    {
        _activity ??= WorkerTelemetry.Start("bar", traceparent);
        _activity?.SetTag("stratforge.symbol", Symbol);
        _activity?.SetTag("stratforge.seq", Seq);
        return _activity?.Id ?? traceparent;
    }

    /// <summary>The signals were answered.</summary>
    public void SignalsAnswered(int count)
    {
        _activity?.SetTag("stratforge.signals", count);
        _activity?.Stop();
    }
}
