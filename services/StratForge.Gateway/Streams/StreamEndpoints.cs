using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Delivery;
using StratForge.Gateway.Streams.Protocol;
using StratForge.Gateway.Streams.Wires;

namespace StratForge.Gateway.Streams;

/// <summary>The doors of the live streams. docs/streams.md describes what is spoken there.</summary>
internal static class StreamEndpoints
{
    private const int RetryAfterSeconds = 5;

    private static readonly string[] Handshakes = [HttpMethods.Get, HttpMethods.Connect];

    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        Map("/live", StreamDoor.Live);
        Map("/market", StreamDoor.Market);
        Map("/ws/stream", StreamDoor.Relay);
        routes.MapGet("/api/stream/live", SendEventsAsync).RequireAuthorization().WithTags("Streams")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");

        void Map(string path, StreamDoor door) =>
            routes.MapMethods(path, Handshakes, (HttpContext context) => AcceptAsync(context, door)).ExcludeFromDescription();
    }

    private static async Task AcceptAsync(HttpContext context, StreamDoor door)
    {
        var services = context.RequestServices.GetRequiredService<StreamServices>();
        var telemetry = context.RequestServices.GetRequiredService<StreamTelemetry>();
        if (RefusalOf(context) is { } refusal)
        {
            telemetry.Refused((string)refusal.Extensions["code"]!);
            await FailureAnswers.WriteAsync(context, refusal);
            return;
        }

        Topic? relay = null;
        if (door == StreamDoor.Relay && (relay = RelayOf(context, services.Topics)) is null)
        {
            await FailureAnswers.WriteAsync(context, Problems.Details(
                StatusCodes.Status404NotFound, "unknown-topic", "Not found",
                $"There are the topics {string.Join(", ", services.Topics.Relayed.Select(topic => topic.Name))}."));
            return;
        }

        var address = Admission.AddressOf(context);
        var caller = Caller.From(context.User);
        if (await TryEnterAsync(context, services.Admission, address, caller) is { } reason)
        {
            telemetry.Refused("too-many-connections");
            await RefuseAsync(context, reason);
            return;
        }

        var visit = new SocketVisit(
            services, context.RequestServices.GetRequiredService<StreamLoops>().Next(), address, door, relay, caller,
            context.RequestServices.GetRequiredService<TimeProvider>());
        var isHandedOver = false;
        try
        {
            var stream = await UpgradeAsync(context);
            if (SocketOf(context) is { } socket && context.Features.Get<ConnectionHandover>() is { } handover)
            {
                HandOver(handover, visit, socket);
                isHandedOver = true;
            }
            else
            {
                await visit.StayAsync(new StreamWire(context, stream), stream, context.RequestAborted);
            }
        }
        finally
        {
            if (!isHandedOver)
            {
                visit.Leave();
            }
        }
    }

    // Here, because a lambda there would keep the request.
    private static void HandOver(ConnectionHandover handover, SocketVisit visit, Socket socket) =>
        handover.To(async connection =>
        {
            try
            {
                await visit.StayAsync(new SocketWire(connection, socket), connection.Transport.Input.AsStream(), connection.ConnectionClosed);
            }
            finally
            {
                visit.Leave();
            }
        });

    // A handshake of a browser that brings the cookie has to come from our own pages; a bad token is refused here and not later.
    private static ProblemDetails? RefusalOf(HttpContext context)
    {
        var request = context.Request;
        if (!IsHandshake(context))
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = "13";
            return Problems.Details(
                StatusCodes.Status426UpgradeRequired, "websocket-expected", "Speak WebSocket",
                $"{request.Path} takes WebSocket connections of version 13. Programs without them read GET /api/stream/live.");
        }

        if (!string.IsNullOrEmpty(request.Headers.Authorization.ToString()))
        {
            return Caller.From(context.User) is null
                ? Problems.Details(
                    StatusCodes.Status401Unauthorized, "unauthenticated", "Sign in first", "The access token or API key is not valid (any more).")
                : null;
        }

        return Caller.From(context.User) is not null
            && (request.Headers.Origin.Count == 0 || !context.RequestServices.GetRequiredService<SameOrigin>().Allows(request))
            ? Problems.Details(
                StatusCodes.Status403Forbidden, "cross-site-request", "Not allowed",
                "A connection with the sign-in cookie has to come from our own pages. Programs send 'Authorization: Bearer …' or an auth message.")
            : null;
    }

    private static bool IsHandshake(HttpContext context)
    {
        var headers = context.Request.Headers;
        return headers.SecWebSocketVersion == "13"
            && (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" }
                || (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
                    && string.Equals(headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase)
                    && WebSocketFrames.AcceptOf(headers.SecWebSocketKey.ToString()) is not null));
    }

    private static Topic? RelayOf(HttpContext context, StreamTopics topics) =>
        context.Request.Query["topic"].ToString() is { Length: > 0 } name
            ? topics.Relayed.FirstOrDefault(topic => topic.Name == name)
            : topics.Relayed[0];

    private static ValueTask<string?> TryEnterAsync(HttpContext context, Admission admission, string address, Caller? caller)
    {
        if (admission.TryEnter(address) is { } full)
        {
            return ValueTask.FromResult<string?>(full);
        }

        if (caller is not null && admission.TryEnter(caller.UserId) is { } reason)
        {
            admission.Leave(address, null);
            return ValueTask.FromResult<string?>(reason);
        }

        return ValueTask.FromResult<string?>(null);
    }

    private static Task RefuseAsync(HttpContext context, string reason) => TryLaterAsync(context, "too-many-connections", "Too many connections", reason);

    private static Task TryLaterAsync(HttpContext context, string code, string title, string reason)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return FailureAnswers.WriteAsync(context, Problems.Details(StatusCodes.Status429TooManyRequests, code, title, reason));
    }

    private static async Task<Stream> UpgradeAsync(HttpContext context)
    {
        // It lives for hours; what limits slow requests does not apply to it.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return await connect.AcceptAsync();
        }

        context.Response.Headers.Connection = HeaderNames.Upgrade;
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = WebSocketFrames.AcceptOf(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
    }

    // Null when it carries more than this client's bytes as they are.
    private static Socket? SocketOf(HttpContext context) =>
        context.Features.Get<ITlsHandshakeFeature>() is null && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true }
            ? context.Features.Get<IConnectionSocketFeature>()?.Socket
            : null;

    /// <summary>The same as <c>/live</c>, one way, for programs without WebSockets.</summary>
    private static async Task SendEventsAsync(
        HttpContext context, Caller caller, StreamServices services, StreamLoops loops,
        [Description("Channels, separated by commas.")] string? channels = null,
        [Description("Symbols of the market channels among them, separated by commas.")] string? symbols = null,
        [Description("The last event the client has; those after it follow. The header Last-Event-ID says the same.")] long? lastEventId = null)
    {
        var loop = loops.Next();
        var client = new StreamClient(new StreamWire(context, context.Response.Body), StreamForm.ServerSent);
        var conversation = new Conversation(services, loop, client, StreamDoor.Live, null);
        var header = context.Request.Headers["Last-Event-ID"].ToString();
        var after = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : lastEventId;
        var wish = new ClientMessage("subscribe", null, List(channels), List(symbols), after);
        if (conversation.FaultOf(wish) is { } fault)
        {
            // Not in the stream: a browser comes back to a stream that ends, again and again.
            await FailureAnswers.WriteAsync(
                context, Problems.Details(StatusCodes.Status400BadRequest, fault.Code, "The request can't be understood", fault.Message));
            return;
        }

        conversation.Admit(caller);
        if (conversation.FullnessFor(wish) is { } full)
        {
            await TryLaterAsync(context, full.Code, "Too many symbols", full.Message);
            return;
        }

        var address = Admission.AddressOf(context);
        if (await TryEnterAsync(context, services.Admission, address, caller) is { } reason)
        {
            await RefuseAsync(context, reason);
            return;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await context.Response.StartAsync(context.RequestAborted);
            loop.Post(() => loop.Join(client, "retry: 2000\n\n"u8.ToArray(), null, TimeSpan.Zero));
            if (!await conversation.SubscribeAsync(wish, context.RequestAborted))
            {
                loop.Post(() => loop.Close(client, CloseCode.Normal, ""));
            }

            await client.Over.Task.WaitAsync(context.RequestAborted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The client is gone, or was cut off.
        }
        finally
        {
            conversation.End();
            await loop.AskAsync(() => loop.Leave(client));
            services.Admission.Leave(address, caller.UserId);
        }
    }

    private static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
