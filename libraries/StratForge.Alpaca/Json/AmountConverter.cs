using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratForge.Alpaca.Json;

/// <summary>Money, prices and quantities: read from text or numbers, written as text without exponent or trailing zeros.</summary>
internal sealed class AmountConverter : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.GetDecimal();
        }

        if (reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && !reader.ValueIsEscaped
            && Utf8Parser.TryParse(reader.ValueSpan, out decimal amount, out var read) && read == reader.ValueSpan.Length)
        {
            return amount;
        }

        throw new JsonException("An amount is a number or a text that holds one.");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[64];
        Utf8Formatter.TryFormat(WithoutTrailingZeros(value), text, out var length);
        writer.WriteStringValue(text[..length]);
    }

    // Dividing by one at the largest scale makes the runtime drop the zeros that a decimal remembers (1.500 -> 1.5).
    private static decimal WithoutTrailingZeros(decimal value) => value / 1.0000000000000000000000000000m;
}
