using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>The WebSocket paths.</summary>
internal static class StreamEndpoints
{
    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.Map("/stream", context => Upgraded(context, () => context.RequestServices.GetRequiredService<OrderStream>().ServeAsync(context)))
            .WithMetadata(new AuthenticatesItself());
        foreach (var path in (ReadOnlySpan<string>)["/v2/iex", "/v2/sip"])
        {
            routes.Map(path, context => Upgraded(context, () => context.RequestServices.GetRequiredService<DataStream>().ServeAsync(context, crypto: false)))
                .WithMetadata(new AuthenticatesItself());
        }

        routes.Map("/v1beta3/crypto/us", context =>
            Upgraded(context, () => context.RequestServices.GetRequiredService<DataStream>().ServeAsync(context, crypto: true)))
            .WithMetadata(new AuthenticatesItself());
    }

    private static Task Upgraded(HttpContext context, Func<Task> serve) =>
        context.WebSockets.IsWebSocketRequest ? serve() : Answers.RefuseAsync(context, Refusals.UnknownRoute);
}
