using System.Buffers.Binary;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>Which bar one is that a session of several symbols was told.</summary>
/// <param name="Place">Of its symbol: 0 is the session's own, the others as <c>session_symbols</c> numbers them.</param>
/// <param name="Seq">Its number among the bars of that symbol.</param>
internal readonly record struct BarSource(int Place, long Seq)
{
    /// <summary>Bytes of one on tape.</summary>
    public const int Size = 9;

    /// <summary>All of some bytes of tape.</summary>
    /// <exception cref="InvalidDataException">They are no whole number of them.</exception>
    public static BarSource[] ReadAll(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % Size != 0)
        {
            throw new InvalidDataException($"{bytes.Length} bytes of tape do not say which bars they are.");
        }

        var sources = new BarSource[bytes.Length / Size];
        for (var i = 0; i < sources.Length; i++)
        {
            var own = bytes[(i * Size)..];
            sources[i] = new BarSource(own[0], BinaryPrimitives.ReadInt64LittleEndian(own[1..]));
        }

        return sources;
    }

    /// <summary>Several as they are taped.</summary>
    public static byte[] WriteAll(IReadOnlyList<BarSource> sources)
    {
        var bytes = new byte[sources.Count * Size];
        for (var i = 0; i < sources.Count; i++)
        {
            bytes[i * Size] = (byte)sources[i].Place;
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((i * Size) + 1), sources[i].Seq);
        }

        return bytes;
    }
}
