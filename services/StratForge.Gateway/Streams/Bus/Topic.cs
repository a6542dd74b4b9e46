using System.Text;

namespace StratForge.Gateway.Streams.Bus;

/// <summary>One channel of the bus that clients can watch.</summary>
/// <param name="Id">Counts from zero; loops keep what they know of a topic under it.</param>
/// <param name="Name">On the bus: <c>market_quotes:AAPL</c>, <c>levels.signals</c>.</param>
/// <param name="Channel">The channel it belongs to; null for a topic that is relayed as it is.</param>
/// <param name="Symbol">Its symbol; empty for a topic that is relayed as it is.</param>
internal sealed record Topic(int Id, string Name, MarketChannel? Channel, string Symbol)
{
    /// <summary>What stands before the fields of each message when it goes to clients.</summary>
    public byte[] Head { get; } = Channel is { } channel ? Encoding.UTF8.GetBytes($$"""{"channel":"{{Channels.NameOf(channel)}}",""") : [];

    public bool IsRelayed => Channel is null;
}
