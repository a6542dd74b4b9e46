using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratForge.Gateway.Hosting;

/// <summary>How the REST API spells values: camelCase, money and quantities as decimal strings, instants as ISO 8601 with a <c>Z</c>.</summary>
/// <remarks>The bus has its own spelling (plain numbers): <see cref="Contracts.ContractsJson"/>.</remarks>
internal static class ApiJson
{
    /// <summary>How a decimal may be spelled in a string.</summary>
    public const NumberStyles DecimalStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>The options, for what is written outside of an endpoint's result.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    public static void AddApiJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options =>
        {
            Configure(options.SerializerOptions);
            // A misspelt exit would leave a position without protection, a misspelt limit an account without one: who asks for something unknown is told.
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static void Configure(JsonSerializerOptions options)
    {
        // Web's default reads any number from a string, and the OpenAPI document would then call every number "number or string".
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        // Answers are data under nosniff and never part of a page, so quotes and umlauts may stand as they are.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new DecimalText());
        options.Converters.Add(new InstantText());
    }

    /// <summary>Writes a decimal as a string without trailing zeros; reads a string or a number.</summary>
    private sealed class DecimalText : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.Number when reader.TryGetDecimal(out var number) => number,
                JsonTokenType.String when decimal.TryParse(
                    reader.GetString(), DecimalStyle, CultureInfo.InvariantCulture, out var text) => text,
                _ => throw new JsonException("Expected a decimal number, as a number or a string."),
            };

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Spell(value));
    }

    private sealed class InstantText : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant)
                ? instant.ToUniversalTime()
                : throw new JsonException("Expected an instant like 2026-01-31T14:30:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Spell(value));
    }

    /// <summary>A decimal as the API spells it: no exponent, no trailing zeros.</summary>
    public static string Spell(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

    /// <summary>Writes a decimal as <see cref="Spell(decimal)"/> does, without a string in between.</summary>
    public static void WriteTo(Utf8JsonWriter json, decimal value)
    {
        // The longest has 29 digits, a sign and a point.
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        var spelled = text[..length];
        json.WriteStringValue(spelled.Contains((byte)'.') ? spelled.TrimEnd((byte)'0').TrimEnd((byte)'.') : spelled);
    }

    /// <summary>An instant as the API spells it.</summary>
    public static string Spell(DateTimeOffset value) =>
        value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
