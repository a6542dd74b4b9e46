using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Streams;

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
