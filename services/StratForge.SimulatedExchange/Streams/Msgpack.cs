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

/// <summary>Reads what clients send in MessagePack: maps, arrays, strings, plain scalars; and hands it on as JSON.</summary>
internal static class MsgpackReader
{
    private const int DeepestNesting = 8;

    /// <returns>Null when the bytes are not one whole value of those kinds.</returns>
    public static JsonDocument? ToJson(ReadOnlySpan<byte> encoded)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            try
            {
                var rest = encoded;
                if (!Copy(ref rest, json, isKey: false, depth: 0) || rest.Length > 0)
                {
                    return null;
                }
            }
            catch (Exception malformed) when (malformed is InvalidOperationException or ArgumentException)
            {
                return null;
            }
        }

        return JsonDocument.Parse(buffer.ToArray());
    }

    private static bool Copy(ref ReadOnlySpan<byte> rest, Utf8JsonWriter json, bool isKey, int depth)
    {
        if (rest.IsEmpty || depth > DeepestNesting)
        {
            return false;
        }

        var type = rest[0];
        rest = rest[1..];
        switch (type)
        {
            case >= 0xA0 and <= 0xBF:
                return Text(ref rest, type & 0x1F, json, isKey);
            case 0xD9 or 0xDA or 0xDB or 0xC4 or 0xC5:
                return Length(ref rest, type switch { 0xD9 or 0xC4 => 1, 0xDA or 0xC5 => 2, _ => 4 }, out var length) && Text(ref rest, length, json, isKey);
            case var _ when isKey:
                return false;
            case >= 0x80 and <= 0x8F:
                return Map(ref rest, type & 0x0F, json, depth);
            case 0xDE or 0xDF:
                return Length(ref rest, type == 0xDE ? 2 : 4, out var entries) && Map(ref rest, entries, json, depth);
            case >= 0x90 and <= 0x9F:
                return Array(ref rest, type & 0x0F, json, depth);
            case 0xDC or 0xDD:
                return Length(ref rest, type == 0xDC ? 2 : 4, out var items) && Array(ref rest, items, json, depth);
            case 0xC0:
                json.WriteNullValue();
                return true;
            case 0xC2 or 0xC3:
                json.WriteBooleanValue(type == 0xC3);
                return true;
            case <= 0x7F:
                json.WriteNumberValue(type);
                return true;
            default:
                return false;
        }
    }

    private static bool Map(ref ReadOnlySpan<byte> rest, int entries, Utf8JsonWriter json, int depth)
    {
        json.WriteStartObject();
        for (var entry = 0; entry < entries; entry++)
        {
            if (!Copy(ref rest, json, isKey: true, depth + 1) || !Copy(ref rest, json, isKey: false, depth + 1))
            {
                return false;
            }
        }

        json.WriteEndObject();
        return true;
    }

    private static bool Array(ref ReadOnlySpan<byte> rest, int items, Utf8JsonWriter json, int depth)
    {
        json.WriteStartArray();
        for (var item = 0; item < items; item++)
        {
            if (!Copy(ref rest, json, isKey: false, depth + 1))
            {
                return false;
            }
        }

        json.WriteEndArray();
        return true;
    }

    private static bool Text(ref ReadOnlySpan<byte> rest, int length, Utf8JsonWriter json, bool isKey)
    {
        if (length > rest.Length)
        {
            return false;
        }

        if (isKey)
        {
            json.WritePropertyName(rest[..length]);
        }
        else
        {
            json.WriteStringValue(rest[..length]);
        }

        rest = rest[length..];
        return true;
    }

    private static bool Length(ref ReadOnlySpan<byte> rest, int bytes, out int length)
    {
        length = 0;
        if (rest.Length < bytes)
        {
            return false;
        }

        long value = 0;
        foreach (var part in rest[..bytes])
        {
            value = (value << 8) | part;
        }

        rest = rest[bytes..];
        length = (int)value;
        return value <= int.MaxValue;
    }
}
