using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StratForge.Worker.Market;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>A trade or a quote at its place among the bars of one session.</summary>
/// <param name="number">Its number among the trades and quotes of the session.</param>
/// <param name="afterSeq">Delivered after this bar and before the next.</param>
/// <param name="afterEvent">Delivered after this order event and before the next.</param>
/// <param name="place">Place of its symbol among the session's.</param>
/// <param name="tick">It.</param>
/// <param name="digest">As it was taped.</param>
/// <param name="isTaped">Whether it is stored.</param>
internal sealed class TickEntry(long number, long afterSeq, long afterEvent, int place, Tick tick, ulong digest, bool isTaped)
    : PlacedEntry(afterSeq, isTaped)
{
    /// <summary>Bytes of one on tape.</summary>
    public const int Size = 50;

    private const int ValuesSize = 40;
    private const int MaxSymbol = 32;

    public long Number { get; } = number;

    public long AfterEvent { get; } = afterEvent;

    public int Place { get; } = place;

    public Tick Tick { get; } = tick;

    /// <summary>One that has just come.</summary>
    public static TickEntry Of(string symbol, long number, long afterSeq, long afterEvent, int place, in Tick tick) =>
        new(number, afterSeq, afterEvent, place, tick, DigestOf(symbol, number, tick), isTaped: false);

    /// <summary>Whether nobody changed it on tape.</summary>
    public bool IsIntact(string symbol) => digest == DigestOf(symbol, Number, Tick);

    /// <summary>Several that came together, as they are stored.</summary>
    public static byte[] WriteAll(IReadOnlyList<TickEntry> entries)
    {
        var bytes = new byte[entries.Count * Size];
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].Write(bytes.AsSpan(i * Size, Size));
        }

        return bytes;
    }

    /// <summary>All of one row of tape.</summary>
    /// <exception cref="InvalidDataException">They are no whole number of ticks.</exception>
    public static TickEntry[] ReadAll(long first, long afterSeq, long afterEvent, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % Size != 0)
        {
            throw new InvalidDataException($"{bytes.Length} bytes of tape are no whole number of trades and quotes.");
        }

        var entries = new TickEntry[bytes.Length / Size];
        for (var i = 0; i < entries.Length; i++)
        {
            var own = bytes.Slice(i * Size, Size);
            entries[i] = new TickEntry(
                first + i, afterSeq, afterEvent, own[1], ReadTick(own), BinaryPrimitives.ReadUInt64LittleEndian(own[(2 + ValuesSize)..]), isTaped: true);
        }

        return entries;
    }

    private static Tick ReadTick(ReadOnlySpan<byte> own) => new(
        own[0] == (byte)'Q',
        BinaryPrimitives.ReadInt64LittleEndian(own[2..]),
        BinaryPrimitives.ReadDoubleLittleEndian(own[10..]),
        BinaryPrimitives.ReadDoubleLittleEndian(own[18..]),
        BinaryPrimitives.ReadDoubleLittleEndian(own[26..]),
        BinaryPrimitives.ReadDoubleLittleEndian(own[34..]));

    private void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)(Tick.IsQuote ? 'Q' : 'T');
        bytes[1] = (byte)Place;
        WriteValues(bytes[2..], Tick);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(2 + ValuesSize)..], digest);
    }

    private static void WriteValues(Span<byte> bytes, in Tick tick)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, tick.UnixMilliseconds);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[8..], tick.Price);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[16..], tick.Size);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[24..], tick.Ask);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[32..], tick.AskSize);
    }

    private static ulong DigestOf(string symbol, long number, in Tick tick)
    {
        Span<byte> input = stackalloc byte[9 + ValuesSize + MaxSymbol];
        BinaryPrimitives.WriteInt64LittleEndian(input, number);
        input[8] = (byte)(tick.IsQuote ? 'Q' : 'T');
        WriteValues(input[9..], tick);
        var length = 9 + ValuesSize + Encoding.UTF8.GetBytes(symbol, input[(9 + ValuesSize)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
