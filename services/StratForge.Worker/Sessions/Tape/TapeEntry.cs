using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Orders;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>An order event at its place among the bars of one session.</summary>
/// <param name="eventId">Its number among the events of the account.</param>
/// <param name="afterSeq">Delivered after this bar and before the next.</param>
/// <param name="order">It.</param>
/// <param name="traceparent">Trace context, if sampled.</param>
/// <param name="isTaped">Whether it is stored.</param>
/// <param name="tapedDigest">Its digest as it was taped; null when it was not, and on tape from before there were any.</param>
internal sealed class TapeEntry(long eventId, long afterSeq, OrderEvent order, string? traceparent, bool isTaped, long? tapedDigest = null)
    : PlacedEntry(afterSeq, isTaped)
{
    public long EventId { get; } = eventId;

    public OrderEvent Order { get; } = order;

    public string? Traceparent { get; } = traceparent;

    public long? TapedDigest { get; } = tapedDigest;

    /// <summary>The event as JSON, UTF-8: made once, to be taped, to be told and for its digest.</summary>
    public byte[] Json => field ??= JsonSerializer.SerializeToUtf8Bytes(Order, ContractsJson.Default.OrderEvent);

    /// <summary>First eight bytes of a SHA-256 over the event's JSON: tells when somebody changed it on tape.</summary>
    public long Digest() => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Json));
}
