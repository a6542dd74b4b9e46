using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StratForge.Gateway.Streams.Protocol;

/// <summary>Frames from server to client (RFC 6455, section 5.2): unmasked, one per message, so that all clients can share the bytes.</summary>
internal static class WebSocketFrames
{
    private const byte Final = 0x80;

    // Section 7.1.5 and 5.5: a control frame holds 125 bytes, two of them the code.
    private const int LongestReason = 123;

    // Section 1.3.
    private const string HandshakeGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>A ping without payload.</summary>
    public static ReadOnlyMemory<byte> Ping { get; } = new([Final | (byte)Opcode.Ping, 0]);

    /// <summary>Bytes of the head of a frame with that much payload.</summary>
    public static int HeadLength(int payload) => payload switch
    {
        < 126 => 2,
        <= ushort.MaxValue => 4,
        _ => 10,
    };

    /// <summary>Writes the head of a frame.</summary>
    /// <returns>Its length.</returns>
    public static int WriteHead(Span<byte> into, Opcode opcode, int payload)
    {
        into[0] = (byte)(Final | (byte)opcode);
        switch (HeadLength(payload))
        {
            case 2:
                into[1] = (byte)payload;
                return 2;
            case 4:
                into[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)payload);
                return 4;
            default:
                into[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(into[2..], (ulong)payload);
                return 10;
        }
    }

    /// <summary>A whole frame.</summary>
    public static byte[] Of(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadLength(payload.Length) + payload.Length];
        payload.CopyTo(frame.AsSpan(WriteHead(frame, opcode, payload.Length)));
        return frame;
    }

    /// <summary>A close frame.</summary>
    /// <param name="code">Why.</param>
    /// <param name="reason">For people; cut at 123 bytes.</param>
    public static byte[] Close(int code, string reason)
    {
        if (code == (int)CloseCode.NoneGiven)
        {
            return Of(Opcode.Close, []);
        }

        Span<byte> payload = stackalloc byte[2 + LongestReason];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetEncoder().Convert(reason, payload[2..], flush: true, out _, out var written, out _);
        return Of(Opcode.Close, payload[..(2 + written)]);
    }

    /// <summary>What answers a client's <c>Sec-WebSocket-Key</c>; null when that is not the base64 of sixteen bytes.</summary>
    public static string? AcceptOf(string key)
    {
        Span<byte> nonce = stackalloc byte[18];
        if (key.Length != 24 || !Convert.TryFromBase64String(key, nonce, out var length) || length != 16)
        {
            return null;
        }

        // The protocol fixes SHA-1 here; nothing rests on its strength.
#pragma warning disable CA5350
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + HandshakeGuid)));
#pragma warning restore CA5350
    }
}
