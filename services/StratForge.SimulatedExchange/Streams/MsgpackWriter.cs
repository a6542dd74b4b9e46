using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>As much of MessagePack as the streams need, written by hand into a growing buffer.</summary>
internal sealed class MsgpackWriter
{
    private const int TimestampExtension = 0xFF; // type -1
    private const int NanosecondsPerTick = 100;

    private byte[] _buffer = new byte[256];
    private int _length;

    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    public void Map(int entries) => Header(entries, small: 0x80, smallest: 15, wide: 0xDE);

    public void Array(int items) => Header(items, small: 0x90, smallest: 15, wide: 0xDC);

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        if (length <= 31)
        {
            Byte(0xA0 | length);
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ushort.MaxValue);
            Byte(0xDA);
            BinaryPrimitives.WriteUInt16BigEndian(Take(2), (ushort)length);
        }

        Encoding.UTF8.GetBytes(value, Take(length));
    }

    public void Integer(long value)
    {
        if (value is >= 0 and <= 127)
        {
            Byte((int)value);
        }
        else if (value >= 0 && value <= uint.MaxValue)
        {
            Byte(0xCE);
            BinaryPrimitives.WriteUInt32BigEndian(Take(4), (uint)value);
        }
        else
        {
            Byte(0xD3);
            BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
        }
    }

    public void Null() => Byte(0xC0);

    public void Flag(bool value) => Byte(value ? 0xC3 : 0xC2);

    /// <summary>A whole JSON value, kind by kind.</summary>
    public void Json(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Map(value.EnumerateObject().Count());
                foreach (var property in value.EnumerateObject())
                {
                    Text(property.Name);
                    Json(property.Value);
                }

                break;
            case JsonValueKind.Array:
                Array(value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                {
                    Json(item);
                }

                break;
            case JsonValueKind.String:
                Text(value.GetString()!);
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var whole):
                Integer(whole);
                break;
            case JsonValueKind.Number:
                Number(value.GetDecimal());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Flag(value.GetBoolean());
                break;
            default:
                Null();
                break;
        }
    }

    public void Number(decimal value)
    {
        Byte(0xCB);
        BinaryPrimitives.WriteDoubleBigEndian(Take(8), (double)value);
    }

    /// <summary>A timestamp as the extension type that every client's decoder knows.</summary>
    public void Instant(DateTimeOffset value)
    {
        var ticks = (value - DateTimeOffset.UnixEpoch).Ticks;
        var seconds = ticks / TimeSpan.TicksPerSecond;
        var nanoseconds = ticks % TimeSpan.TicksPerSecond * NanosecondsPerTick;
        if (nanoseconds == 0 && seconds <= uint.MaxValue)
        {
            Byte(0xD6);
            Byte(TimestampExtension);
            BinaryPrimitives.WriteUInt32BigEndian(Take(4), (uint)seconds);
        }
        else
        {
            Byte(0xD7);
            Byte(TimestampExtension);
            BinaryPrimitives.WriteUInt64BigEndian(Take(8), ((ulong)nanoseconds << 34) | (ulong)seconds);
        }
    }

    /// <summary>Bytes that are MessagePack already.</summary>
    public void Raw(ReadOnlySpan<byte> encoded) => encoded.CopyTo(Take(encoded.Length));

    private void Header(int count, int small, int smallest, int wide)
    {
        if (count <= smallest)
        {
            Byte(small | count);
            return;
        }

        Byte(wide);
        BinaryPrimitives.WriteUInt16BigEndian(Take(2), checked((ushort)count));
    }

    private void Byte(int value) => Take(1)[0] = (byte)value;

    private Span<byte> Take(int count)
    {
        if (_length + count > _buffer.Length)
        {
            System.Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
