using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StratForge.Strategies.Running;

/// <summary>Turns what a strategy attaches to its signals into JSON.</summary>
internal static class SignalJson
{
    private const int MostBytes = 4 * 1024;
    private const int MostExplanation = 500;

    /// <summary>As both languages write it: nothing escaped that need not be.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 12,
    };

    /// <summary>Metadata and explanation as one JSON value: the explanation is property <c>explain</c> of it.</summary>
    /// <exception cref="ArgumentException">No JSON, or more than 4 KiB.</exception>
    public static byte[]? Of(object? metadata, string? explanation)
    {
        if (metadata is null && explanation is null)
        {
            return null;
        }

        var json = metadata is null ? "{}"u8.ToArray() : Json(metadata, "A signal's metadata");
        if (explanation is not null)
        {
            json = With(explanation, json);
        }

        return json.Length <= MostBytes
            ? json
            : throw new ArgumentException($"A signal's metadata is {json.Length} bytes of JSON; {MostBytes} are allowed.");
    }

    /// <summary>Any value as JSON.</summary>
    /// <exception cref="ArgumentException">It can't be written.</exception>
    public static byte[] Json(object value, string what)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(value, Options);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException)
        {
            throw new ArgumentException($"{what} can't be written as JSON: {exception.Message}", exception);
        }
    }

    private static byte[] With(string explanation, byte[] json)
    {
        var text = explanation.Length > MostExplanation ? explanation[..MostExplanation] : explanation;
        var said = "{\"explain\":\"" + JsonEncodedText.Encode(text, Options.Encoder) + "\"";
        var rest = json switch
        {
            [(byte)'{', (byte)'}'] => "}",
            [(byte)'{', ..] => "," + Encoding.UTF8.GetString(json.AsSpan(1)),
            _ => ",\"value\":" + Encoding.UTF8.GetString(json) + "}",
        };
        return Encoding.UTF8.GetBytes(said + rest);
    }
}
