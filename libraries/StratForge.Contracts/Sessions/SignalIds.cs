using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StratForge.Contracts.Sessions;

/// <summary>Ids of signals, derived instead of drawn: the same event of the same session gives the same ids on every replay,
/// so a signal repeated after a crash is recognised and executes once.</summary>
public static class SignalIds
{
    /// <summary>The id of the <paramref name="ordinal"/>-th signal that a session emitted at one event.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="kind">What the event was.</param>
    /// <param name="seq">The event's number: <see cref="Market.BarMessage.Seq"/>, for a session of several symbols the bar's among all that it was told; the user
    /// event's id; the number of the trade or quote among those that the session was told.</param>
    /// <param name="ordinal">Position within the event, from zero.</param>
    /// <returns>A version 8 UUID: the head of SHA-256 over the four values.</returns>
    public static Guid Derive(Guid sessionId, SessionEventKind kind, long seq, int ordinal)
    {
        Span<byte> input = stackalloc byte[16 + 1 + 8 + 4];
        sessionId.TryWriteBytes(input, bigEndian: true, out _);
        input[16] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(input[17..], seq);
        BinaryPrimitives.WriteInt32BigEndian(input[25..], ordinal);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}

/// <summary>What kind of event a strategy was handling. The numbers are part of signal ids: never change them.</summary>
public enum SessionEventKind : byte
{
    /// <summary>A closed bar.</summary>
    Bar = 1,

    /// <summary>An order or fill of the session's own.</summary>
    Order = 2,

    /// <summary>A trade or a quote.</summary>
    Tick = 3,
}
