using System.Text.Json;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>JSON that somebody else wrote.</summary>
/// <remarks>A document parses although a text in it is no Unicode (half of a surrogate pair, a broken byte); only whoever reads that text finds out.
/// Here such a document is no JSON, so that nobody behind has to reckon with it.</remarks>
internal static class ForeignJson
{
    /// <summary>Null when it is not JSON.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> message)
    {
        try
        {
            return Checked(JsonDocument.Parse(message));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null when it is not JSON.</summary>
    public static async Task<JsonDocument?> ParseAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            return Checked(await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonDocument? Checked(JsonDocument document)
    {
        try
        {
            if (IsReadable(document.RootElement))
            {
                return document;
            }
        }
        catch (InvalidOperationException)
        {
            // How a text says that it is no Unicode.
        }

        document.Dispose();
        return null;
    }

    // Always true, unless it throws on the way.
    private static bool IsReadable(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() is not null,
        JsonValueKind.Array => element.EnumerateArray().All(IsReadable),
        JsonValueKind.Object => element.EnumerateObject().All(property => property.Name is not null && IsReadable(property.Value)),
        _ => true,
    };
}
