using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace StratForge.Gateway.Hosting;

/// <summary>An answer that goes on: server-sent events, as the HTML standard has them.</summary>
internal sealed class EventStream
{
    /// <summary>Media type of such an answer.</summary>
    public const string ContentType = "text/event-stream";

    private readonly HttpResponse _response;

    private EventStream(HttpResponse response) => _response = response;

    /// <summary>Whether the caller asks for one: <c>Accept: text/event-stream</c>.</summary>
    public static bool IsWantedBy(HttpRequest request) =>
        request.GetTypedHeaders().Accept.FirstOrDefault() is { MediaType.Value: ContentType };

    /// <summary>Begins the answer.</summary>
    public static async Task<EventStream> BeginAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        // Proxies that gather answers would hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // At once, also where nothing is said for a while: the caller sees that he is heard.
        await response.Body.FlushAsync(cancellationToken);
        return new EventStream(response);
    }

    /// <summary>Sends one event.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="data">Sent as one line of JSON, in which control characters are escaped.</param>
    /// <param name="id">Where to go on after a reconnection, if that is possible.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    public async Task SendAsync<T>(string name, T data, string? id, CancellationToken cancellationToken)
    {
        var place = id is null ? "" : $"id: {id}\n";
        await _response.WriteAsync($"{place}event: {name}\ndata: {JsonSerializer.Serialize(data, ApiJson.Options)}\n\n", cancellationToken);
        await _response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Shows that the line is alive where there is nothing to say.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await _response.WriteAsync(": still here\n\n", cancellationToken);
        await _response.Body.FlushAsync(cancellationToken);
    }
}
