using System.Net;
using System.Text.Json;
using StratForge.Alpaca.Json;

namespace StratForge.Alpaca;

/// <summary>What Alpaca said instead of an answer.</summary>
/// <param name="Status">HTTP status. With <paramref name="Code"/> the only part that is stable; texts may change.</param>
/// <param name="Code">Alpaca's number, such as 40310000; null where the body had none (gateway errors, market data).</param>
/// <param name="Message">Text for a reader, at most 500 characters. A body that was not JSON is quoted from its beginning.</param>
/// <param name="Context">Further keys of the body by name: <c>buying_power</c>, <c>existing_order_id</c>, <c>related_orders</c>...</param>
/// <param name="RequestId">Value of <c>X-Request-ID</c>, which Alpaca's support asks for.</param>
/// <param name="RetryAfter">How long the venue asks to wait, if it said so.</param>
public sealed record AlpacaError(
    HttpStatusCode Status,
    int? Code,
    string Message,
    IReadOnlyDictionary<string, JsonElement> Context,
    string? RequestId,
    TimeSpan? RetryAfter = null)
{
    private const int LongestMessage = 500;

    private static readonly IReadOnlyDictionary<string, JsonElement> NoContext = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Whether a client order id was refused because it was used before: the first attempt landed.</summary>
    /// <remarks>The code is shared with other parameter errors, so the text has to decide.</remarks>
    public bool IsDuplicateClientOrderId =>
        Status == HttpStatusCode.UnprocessableEntity && Message.Contains("client_order_id must be unique", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the same request may succeed later: too many requests, or trouble on the venue's side.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)Status >= 500;

    /// <summary>A context value as text, or null.</summary>
    public string? ContextText(string key) =>
        Context.TryGetValue(key, out var value)
            ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
            : null;

    internal static AlpacaError Read(HttpStatusCode status, ReadOnlySpan<byte> body, string? requestId, TimeSpan? retryAfter)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            var keys = JsonSerializer.Deserialize(ref reader, AlpacaJson.Default.DictionaryStringJsonElement);
            if (keys is not null)
            {
                int? code = keys.Remove("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var parsed)
                    ? parsed : null;
                var message = keys.Remove("message", out var text) && text.ValueKind == JsonValueKind.String
                    ? text.GetString()! : $"HTTP {(int)status}";
                return new AlpacaError(status, code, Shorten(message), keys, requestId, retryAfter);
            }
        }
        catch (JsonException)
        {
            // An HTML page of a proxy, or nothing at all: quoted below.
        }

        var quoted = body.IsEmpty ? $"HTTP {(int)status} without a body" : Shorten(System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, 4 * LongestMessage)]));
        return new AlpacaError(status, null, quoted, NoContext, requestId, retryAfter);
    }

    private static string Shorten(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage];
}
