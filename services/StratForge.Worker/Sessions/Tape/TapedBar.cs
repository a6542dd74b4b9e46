using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StratForge.Worker.Market;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>One bar as a session's tape holds it: its values, and a digest that tells when somebody changed them there.</summary>
/// <param name="Values">What the strategy was told.</param>
/// <param name="Digest">As it was taped; <see cref="IsIntact"/> says whether it still fits.</param>
internal readonly record struct TapedBar(BarValues Values, ulong Digest)
{
    /// <summary>Bytes of one bar.</summary>
    public const int Size = 56;

    private const int MaxSymbol = 32;

    /// <summary>A bar to be taped.</summary>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="seq">Its number; that of history is its position from the oldest on, below zero.</param>
    /// <param name="values">What the strategy is told.</param>
    public static TapedBar Of(string symbol, long seq, in BarValues values) => new(values, DigestOf(symbol, seq, null, values));

    /// <summary>A bar to be taped of a session with several symbols.</summary>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="number">Its number among all that the session is told.</param>
    /// <param name="seq">Its number among the bars of its symbol.</param>
    /// <param name="values">What the strategy is told.</param>
    public static TapedBar Of(string symbol, long number, long seq, in BarValues values) => new(values, DigestOf(symbol, number, seq, values));

    /// <summary>Whether it is the bar that was taped under this number.</summary>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="number">The number.</param>
    /// <param name="seq">Its number among the bars of its symbol; null where the session has one symbol, and for history.</param>
    public bool IsIntact(string symbol, long number, long? seq = null) => Digest == DigestOf(symbol, number, seq, Values);

    /// <summary>History as it is taped.</summary>
    /// <param name="symbols">The session's symbols, its own first.</param>
    /// <param name="bars">Oldest first.</param>
    /// <param name="places">Place of each one's symbol; null where all are of the first.</param>
    public static byte[] WriteHistory(IReadOnlyList<string> symbols, IReadOnlyList<BarValues> bars, IReadOnlyList<int>? places)
    {
        var bytes = new byte[bars.Count * Size];
        for (var i = 0; i < bars.Count; i++)
        {
            Of(symbols[places?[i] ?? 0], i - bars.Count, bars[i]).Write(bytes.AsSpan(i * Size));
        }

        return bytes;
    }

    /// <summary>All bars of some bytes of tape.</summary>
    /// <exception cref="InvalidDataException">They are no whole number of bars.</exception>
    public static TapedBar[] ReadAll(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % Size != 0)
        {
            throw new InvalidDataException($"{bytes.Length} bytes of tape are no whole number of bars.");
        }

        var bars = new TapedBar[bytes.Length / Size];
        for (var i = 0; i < bars.Length; i++)
        {
            bars[i] = Read(bytes[(i * Size)..]);
        }

        return bars;
    }

    /// <summary>Puts it into the first <see cref="Size"/> bytes of a span.</summary>
    public void Write(Span<byte> bytes)
    {
        WriteValues(bytes, Values);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], Digest);
    }

    private static TapedBar Read(ReadOnlySpan<byte> bytes) => new(
        new BarValues(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadDoubleLittleEndian(bytes[8..]),
            BinaryPrimitives.ReadDoubleLittleEndian(bytes[16..]),
            BinaryPrimitives.ReadDoubleLittleEndian(bytes[24..]),
            BinaryPrimitives.ReadDoubleLittleEndian(bytes[32..]),
            BinaryPrimitives.ReadDoubleLittleEndian(bytes[40..])),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]));

    private static void WriteValues(Span<byte> bytes, in BarValues values)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, values.UnixMilliseconds);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[8..], values.Open);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[16..], values.High);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[24..], values.Low);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[32..], values.Close);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[40..], values.Volume);
    }

    private static ulong DigestOf(string symbol, long number, long? seq, in BarValues values)
    {
        Span<byte> input = stackalloc byte[56 + MaxSymbol + sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(input, number);
        WriteValues(input[8..], values);
        var length = 56 + Encoding.UTF8.GetBytes(symbol, input[56..]);
        if (seq is { } own)
        {
            BinaryPrimitives.WriteInt64LittleEndian(input[length..], own);
            length += sizeof(long);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
