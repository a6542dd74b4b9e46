using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>The WebSocket paths.</summary>
internal static class StreamEndpoints
{
    /// <summary>The consolidated feed, which the basic plan does not have.</summary>
    public const string Consolidated = "/v2/sip";

    private static readonly (string Path, DataFeedKind Kind)[] DataPaths =
    [
        ("/v2/iex", DataFeedKind.Stocks),
        (Consolidated, DataFeedKind.Stocks),
        ("/v2/test", DataFeedKind.Test),
        ("/v1beta3/crypto/us", DataFeedKind.Crypto),
        ("/v1beta3/crypto/us-1", DataFeedKind.Crypto),
        ("/v1beta3/crypto/us-2", DataFeedKind.Crypto),
        ("/v1beta3/crypto/eu-1", DataFeedKind.Crypto),
        ("/v1beta3/crypto/bs-1", DataFeedKind.Crypto),
    ];

    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.Map("/stream", context => Upgraded(context, () => context.RequestServices.GetRequiredService<OrderStream>().ServeAsync(context)))
            .WithMetadata(new AuthenticatesItself());
        foreach (var (path, kind) in DataPaths)
        {
            routes.Map(path, context => Upgraded(context, () => context.RequestServices.GetRequiredService<DataStream>().ServeAsync(context, kind)))
                .WithMetadata(new AuthenticatesItself());
        }

        // News are read at the same address at which they are listened to.
        routes.Map("/v1beta1/news", context => context.WebSockets.IsWebSocketRequest
            ? context.RequestServices.GetRequiredService<DataStream>().ServeAsync(context, DataFeedKind.News)
            : ScreenerEndpoints.ListNewsAsync(context)).WithMetadata(new AuthenticatesItself());
    }

    /// <summary>Whether the upgrade request asks for MessagePack, in both directions.</summary>
    public static bool SpeaksMsgpack(HttpRequest request) =>
        request.ContentType?.StartsWith("application/msgpack", StringComparison.OrdinalIgnoreCase) == true;

    // Clients offer compression; who does not gets none.
    public static WebSocketAcceptContext Accepting { get; } = new() { DangerousEnableCompression = true };

    private static Task Upgraded(HttpContext context, Func<Task> serve) =>
        context.WebSockets.IsWebSocketRequest ? serve() : Answers.RefuseAsync(context, Refusals.UnknownRoute);
}
