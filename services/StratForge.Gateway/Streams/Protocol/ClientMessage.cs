using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratForge.Gateway.Streams.Protocol;

/// <summary>What a client says.</summary>
/// <param name="Action"><c>auth</c>, <c>subscribe</c>, <c>unsubscribe</c> or <c>ping</c>.</param>
/// <param name="Token">With <c>auth</c>: an access token.</param>
/// <param name="Channels">With the subscriptions: which channels.</param>
/// <param name="Symbols">Which symbols of the market channels among them.</param>
/// <param name="LastEventId">With <c>subscribe</c>: the last event it has; those after it follow.</param>
internal sealed record ClientMessage(
    string? Action = null, string? Token = null, string[]? Channels = null, string[]? Symbols = null, long? LastEventId = null)
{
    /// <summary>Reads a message.</summary>
    /// <returns>Null when it is not one.</returns>
    public static ClientMessage? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StreamJson.Default.ClientMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>All that a connection is subscribed to.</summary>
/// <param name="Type">Always <c>subscribed</c>.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="Symbols">The symbols of each market channel.</param>
/// <param name="LastEventId">Events after this one follow; null without channels of a user.</param>
internal sealed record Subscribed(
    string Type, IReadOnlyList<string> Channels, IReadOnlyDictionary<string, IReadOnlyList<string>> Symbols, long? LastEventId);

/// <summary>Something that was asked and not done.</summary>
/// <param name="Type">Always <c>error</c>.</param>
/// <param name="Code">Stable; clients switch on it.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record StreamError(string Type, string Code, string Message);

/// <summary>The connection is signed in.</summary>
/// <param name="Type">Always <c>welcome</c>.</param>
/// <param name="UserId">As whom.</param>
internal sealed record Welcome(string Type, Guid UserId);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientMessage))]
[JsonSerializable(typeof(Subscribed))]
[JsonSerializable(typeof(StreamError))]
[JsonSerializable(typeof(Welcome))]
internal sealed partial class StreamJson : JsonSerializerContext;
