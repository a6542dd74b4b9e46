using System.Buffers;
using System.Text.Json;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>Writes answers the way Alpaca does: JSON whatever was asked for, errors in its envelope.</summary>
internal static class Answers
{
    private const string Json = "application/json; charset=UTF-8";

    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        await using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            write(json);
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write) => WriteAsync(context, StatusCodes.Status200OK, write);

    public static Task RefuseAsync(HttpContext context, Refusal refusal) =>
        WriteAsync(context, refusal.Status, json => WriteRefusal(json, refusal));

    public static void WriteRefusal(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteStartObject();
        if (refusal.Code is { } code)
        {
            json.WriteNumber("code", code);
        }

        json.WriteString("message", refusal.Message);
        foreach (var (key, value) in refusal.Context)
        {
            if (value is IEnumerable<string> list)
            {
                json.WriteStartArray(key);
                foreach (var item in list)
                {
                    json.WriteStringValue(item);
                }

                json.WriteEndArray();
            }
            else
            {
                json.WriteString(key, (string)value);
            }
        }

        json.WriteEndObject();
    }

    public static Task NoContentAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.ContentType = Json;
        return Task.CompletedTask;
    }

    /// <summary>The request body as JSON, whatever its content type says; null when it is not JSON.</summary>
    public static Task<JsonDocument?> ReadAsync(HttpContext context) => ForeignJson.ParseAsync(context.Request.Body, context.RequestAborted);

    // Texts hold quotes and plus signs that need no escaping outside of HTML.
    public static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
