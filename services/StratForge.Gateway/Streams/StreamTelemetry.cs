using System.Diagnostics.Metrics;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Streams;

/// <summary>Measurements of the live streams. Counted in plain fields and read when asked for: an instrument per delivered message would cost more than the delivery.</summary>
internal sealed class StreamTelemetry : IDisposable
{
    private readonly Meter _meter = new(OrderTelemetry.Name);
    private readonly Counter<long> _heard;
    private readonly Counter<long> _unreadable;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _closed;
    private long _busLagTicks;

    public StreamTelemetry()
    {
        _heard = _meter.CreateCounter<long>("stratforge.streams.bus.messages", "{message}", "Messages heard on the bus.");
        _unreadable = _meter.CreateCounter<long>("stratforge.streams.bus.unreadable", "{message}", "Messages on the bus that went to nobody.");
        _refused = _meter.CreateCounter<long>("stratforge.streams.refused", "{connection}", "Connections refused at the door, by code.");
        _closed = _meter.CreateCounter<long>("stratforge.streams.closed", "{connection}", "Connections that the gateway closed, by code.");
        _meter.CreateObservableGauge(
            "stratforge.streams.bus.lag", () => BusLag.TotalSeconds, "s", "How far the bus's deliveries are behind, measured by a ping behind them.");
    }

    /// <summary>How far deliveries of the bus were behind when last measured.</summary>
    public TimeSpan BusLag
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _busLagTicks));
        set => Interlocked.Exchange(ref _busLagTicks, value.Ticks);
    }

    public void Heard(int messages) => _heard.Add(messages);

    public void Unreadable() => _unreadable.Add(1);

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Closed(int code) => _closed.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <summary>Shows what the loops count.</summary>
    public void Show(Func<LoopCounts> read)
    {
        _meter.CreateObservableUpDownCounter("stratforge.streams.connections", () => read().Connections, "{connection}", "Open connections.");
        _meter.CreateObservableCounter("stratforge.streams.sent", () => read().Sent, "{message}", "Messages sent to clients: prices, events, relayed.");
        _meter.CreateObservableCounter("stratforge.streams.sends", () => read().Sends, "{send}", "Calls that sent them.");
        _meter.CreateObservableCounter("stratforge.streams.sent.bytes", () => read().Bytes, "By", "Bytes sent to clients.");
        _meter.CreateObservableCounter("stratforge.streams.conflated", () => read().Conflated, "{message}", "Prices that a newer one replaced before they were sent.");
        _meter.CreateObservableCounter("stratforge.streams.dropped", () => read().Dropped, "{message}", "Relayed messages that slow clients did not get.");
        _meter.CreateObservableUpDownCounter("stratforge.streams.queued", () => read().Queued, "{message}", "Messages waiting for clients that take nothing now.");
        _meter.CreateObservableGauge("stratforge.streams.queued.deepest", () => read().Deepest, "{message}", "The most of them that wait for one client.");
    }

    public void Dispose() => _meter.Dispose();
}

/// <summary>What a loop has counted, or all of them together.</summary>
internal readonly record struct LoopCounts(
    int Connections, long Sent, long Sends, long Bytes, long Conflated, long Dropped, long Queued, long Deepest)
{
    public static LoopCounts operator +(LoopCounts left, LoopCounts right) => new(
        left.Connections + right.Connections, left.Sent + right.Sent, left.Sends + right.Sends, left.Bytes + right.Bytes,
        left.Conflated + right.Conflated, left.Dropped + right.Dropped, left.Queued + right.Queued, Math.Max(left.Deepest, right.Deepest));
}
