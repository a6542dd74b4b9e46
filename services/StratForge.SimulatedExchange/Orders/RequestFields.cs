using System.Globalization;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Fields of a JSON body as clients send them: numbers as numbers or strings, absent as null, empty or left out.</summary>
internal sealed class RequestFields(JsonElement body)
{
    // A trillion, of dollars or units. Sums and products of two such numbers still fit into a decimal, so nothing behind this door overflows.
    private const decimal Largest = 1_000_000_000_000m;

    /// <summary>Whether a field held something that cannot be read.</summary>
    public bool Malformed { get; private set; }

    public bool Has(string name) => Field(name) is not null;

    public string? Text(string name) => Field(name) is not { } field ? null
        : field.ValueKind == JsonValueKind.String ? NullIfEmpty(field.GetString())
        : field.GetRawText();

    public bool Flag(string name) =>
        Field(name) is { } field && (field.ValueKind == JsonValueKind.True || (field.ValueKind == JsonValueKind.String && field.GetString() == "true"));

    /// <summary>An object inside; null when it is absent. Anything else in its place is malformed.</summary>
    public RequestFields? Object(string name)
    {
        if (Field(name) is not { } field)
        {
            return null;
        }

        Malformed |= field.ValueKind != JsonValueKind.Object;
        return Malformed ? null : new RequestFields(field);
    }

    /// <summary>A number between minus and plus a trillion; anything else is malformed.</summary>
    public decimal? Number(string name)
    {
        if (Field(name) is not { } field)
        {
            return null;
        }

        var text = field.ValueKind switch
        {
            JsonValueKind.Number => field.GetRawText(),
            JsonValueKind.String => field.GetString(),
            _ => "?",
        };
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.Abs(number) <= Largest)
        {
            return number;
        }

        Malformed = true;
        return null;
    }

    /// <summary>A whole number.</summary>
    public int? Whole(string name)
    {
        var number = Number(name);
        if (number is null || (number == decimal.Truncate(number.Value) && number is >= int.MinValue and <= int.MaxValue))
        {
            return (int?)number;
        }

        Malformed = true;
        return null;
    }

    private JsonElement? Field(string name) =>
        body.TryGetProperty(name, out var field) && field.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        && !(field.ValueKind == JsonValueKind.String && field.ValueEquals("")) ? field : null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
