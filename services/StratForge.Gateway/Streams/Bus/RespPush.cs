using System.Buffers.Text;

namespace StratForge.Gateway.Streams.Bus;

/// <summary>One thing a Redis server said on a subscribed connection (RESP2): where its parts lie in what was received.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Channel">The channel, of a message.</param>
/// <param name="Payload">The payload of a message, the text of a refusal.</param>
internal readonly record struct RespPush(RespKind Kind, Range Channel, Range Payload)
{
    // A server that says more than this at once is none, or is not ours.
    private const int MostParts = 8;
    private const int LongestPart = 64 * 1024 * 1024;

    /// <summary>Takes one from the beginning.</summary>
    /// <param name="bytes">What was received.</param>
    /// <param name="from">Where to begin; moved behind it.</param>
    /// <param name="push">What was said.</param>
    /// <returns>Whether one was there whole.</returns>
    /// <exception cref="InvalidDataException">That is not Redis' protocol.</exception>
    public static bool TryTake(ReadOnlySpan<byte> bytes, ref int from, out RespPush push)
    {
        push = default;
        var at = from;
        if (!TryLine(bytes, ref at, out var type, out var line))
        {
            return false;
        }

        switch (type)
        {
            case (byte)'+' or (byte)':':
                (push, from) = (new RespPush(RespKind.Other, default, default), at);
                return true;
            case (byte)'-':
                (push, from) = (new RespPush(RespKind.Refusal, default, line), at);
                return true;
            case (byte)'*':
                break;
            default:
                throw new InvalidDataException("A Redis server does not begin so.");
        }

        var count = NumberIn(bytes[line]);
        if (count is < 1 or > MostParts)
        {
            throw new InvalidDataException($"A Redis server says {count} things at once.");
        }

        Span<Range> parts = stackalloc Range[MostParts];
        for (var i = 0; i < count; i++)
        {
            if (!TryPart(bytes, ref at, out parts[i]))
            {
                return false;
            }
        }

        from = at;
        var word = bytes[parts[0]];
        push = count == 3 && word.SequenceEqual("message"u8) ? new RespPush(RespKind.Message, parts[1], parts[2])
            : count == 4 && word.SequenceEqual("pmessage"u8) ? new RespPush(RespKind.Message, parts[2], parts[3])
            : word.SequenceEqual("pong"u8) ? new RespPush(RespKind.Pong, default, default)
            : word.SequenceEqual("subscribe"u8) || word.SequenceEqual("psubscribe"u8) ? new RespPush(RespKind.Subscribed, parts[1], default)
            : new RespPush(RespKind.Other, default, default);
        return true;
    }

    private static bool TryPart(ReadOnlySpan<byte> bytes, ref int at, out Range part)
    {
        part = default;
        if (!TryLine(bytes, ref at, out var type, out var line))
        {
            return false;
        }

        if (type != (byte)'$')
        {
            part = line;
            return true;
        }

        var length = NumberIn(bytes[line]);
        if (length is < -1 or > LongestPart)
        {
            throw new InvalidDataException($"A Redis server announces {length} bytes.");
        }

        if (length < 0)
        {
            return true;
        }

        if (bytes.Length - at < length + 2)
        {
            return false;
        }

        part = at..(at + length);
        at += length + 2;
        return true;
    }

    private static bool TryLine(ReadOnlySpan<byte> bytes, ref int at, out byte type, out Range line)
    {
        (type, line) = (0, default);
        var end = bytes[at..].IndexOf("\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (end == 0)
        {
            throw new InvalidDataException("A Redis server says nothing.");
        }

        (type, line) = (bytes[at], (at + 1)..(at + end));
        at += end + 2;
        return true;
    }

    private static int NumberIn(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int number, out var used) && used == digits.Length
            ? number
            : throw new InvalidDataException("A Redis server gives a length that is no number.");
}

/// <summary>What a server may say on a subscribed connection.</summary>
internal enum RespKind
{
    /// <summary>An answer that nobody waits for.</summary>
    Other,

    /// <summary>Somebody published.</summary>
    Message,

    /// <summary>The answer to a ping, behind everything that was published before.</summary>
    Pong,

    /// <summary>A subscription stands.</summary>
    Subscribed,

    /// <summary>An error.</summary>
    Refusal,
}
