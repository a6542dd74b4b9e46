using System.Collections.Concurrent;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>How often each route was asked and what it answered: what a client's behaviour is judged by. Kept in memory since the start.</summary>
internal sealed class AnswerCounts
{
    // Anyone may invent a method, also without keys; those that HTTP does not know are one.
    private const string OtherMethod = "OTHER";

    private static readonly HashSet<string> Methods =
        [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete, HttpMethods.Options];

    private readonly ConcurrentDictionary<(string Method, string Route, int Status), long> _counts = new();

    /// <summary>Lets a request through and counts its answer; the admin API and streams are not counted.</summary>
    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        if (FrontDoor.IsAdmin(context.Request.Path) || context.WebSockets.IsWebSocketRequest
            || (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is not { } route)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            var method = Methods.Contains(context.Request.Method) ? context.Request.Method : OtherMethod;
            _counts.AddOrUpdate((method, route, context.Response.StatusCode), 1, static (_, count) => count + 1);
        }
    }

    /// <summary>Every route and answer so far, by route, method and status.</summary>
    public IReadOnlyList<(string Method, string Route, int Status, long Count)> All =>
    [
        .. _counts.Select(count => (count.Key.Method, count.Key.Route, count.Key.Status, count.Value))
            .OrderBy(count => count.Route, StringComparer.Ordinal).ThenBy(count => count.Method, StringComparer.Ordinal).ThenBy(count => count.Status),
    ];
}

/// <summary><c>/admin/requests</c>: the counts. Not Alpaca's; behind the admin key.</summary>
internal static class AnswerCountEndpoints
{
    public static void MapAnswerCounts(this IEndpointRouteBuilder routes) => routes.MapGet("/admin/requests", static context =>
    {
        var counts = context.RequestServices.GetRequiredService<AnswerCounts>().All;
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var (method, route, status, count) in counts)
            {
                json.WriteStartObject();
                json.WriteString("method", method);
                json.WriteString("route", route);
                json.WriteNumber("status", status);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    });
}
