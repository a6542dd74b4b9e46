using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Portfolio;
using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Sessions;

/// <summary>A user's sessions.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        // Where clients of the older platform look, and where everything else of the API is.
        Map(routes.MapGroup("/api/sessions").WithTags("Sessions"));
        Map(routes.MapGroup("/sessions").WithTags("Sessions").ExcludeFromDescription());
    }

    /// <summary>Starts a session and words the answer; also behind <c>/api/strategies/{id}/start</c>.</summary>
    public static async Task<Results<Created<StartSessionResponse>, ProblemHttpResult>> StartAsync(
        Caller caller, NewSession request, SessionDesk desk, CancellationToken cancellationToken) =>
        await desk.StartAsync(caller.UserId, request, cancellationToken) switch
        {
            StartOutcome.Started(var session, var update) => TypedResults.Created(
                $"/api/sessions/{session.Id}",
                new StartSessionResponse(
                    $"Session on {session.Symbol} is starting.", new SessionStarted(session, update))),
            StartOutcome.UnknownStrategy => StrategyEndpoints.Unknown(request.StrategyId),
            StartOutcome.StrategyDisabled => Problems.Conflict(
                "strategy-disabled", $"The strategy is switched off. Switch it on: PATCH /api/strategies/{request.StrategyId}/toggle."),
            StartOutcome.UnknownSymbol(var symbol) => Problems.Refused(
                "UNKNOWN_SYMBOL", $"{symbol} can't be traded here. GET /api/market-data/symbols shows what is known."),
            StartOutcome.TooMany(var most) => Problems.Conflict(
                "too-many-sessions", $"{most} of your sessions have not ended, which is the most. Stop one first."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    /// <summary>No such session, or not the caller's.</summary>
    public static ProblemHttpResult Unknown(Guid id) => Problems.NotFound("unknown-session", $"No session {id}.");

    private static void Map(RouteGroupBuilder sessions)
    {
        sessions.RequireAuthorization();
        sessions.MapPost("/", Start).WithIdempotencyKey();
        sessions.MapGet("/", List);
        sessions.MapGet("/{id:guid}", Find);
        sessions.MapPost("/{id:guid}/stop", Stop);
        sessions.MapGet("/{id:guid}/signals", Signals);
        sessions.MapGet("/{id:guid}/trades", Trades);
        sessions.MapGet("/{id:guid}/logs", Logs);
        sessions.MapReplays();
    }

    private static Task<Results<Created<StartSessionResponse>, ProblemHttpResult>> Start(
        StartSessionRequest request, Caller caller, SessionDesk desk, CancellationToken cancellationToken) =>
        StartAsync(
            caller,
            new NewSession(request.StrategyId!.Value, request.Symbol, request.Mode, request.Parameters),
            desk,
            cancellationToken);

    private static async Task<Ok<Page<Session>>> List(
        [AsParameters] SessionFilter filter, [AsParameters] PageQuery page, Caller caller, SessionStore sessions,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await sessions.ListAsync(caller.UserId, filter, page, cancellationToken));

    private static async Task<Results<Ok<Session>, ProblemHttpResult>> Find(
        Guid id, Caller caller, SessionStore sessions, CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is { } session ? TypedResults.Ok(session) : Unknown(id);

    private static async Task<Results<Ok<StopSessionResponse>, ProblemHttpResult>> Stop(
        Guid id, Caller caller, SessionDesk desk, CancellationToken cancellationToken) =>
        await desk.StopAsync(caller.UserId, id, cancellationToken) switch
        {
            StopOutcome.Stopping => TypedResults.Ok(new StopSessionResponse("The session is stopping.", id)),
            StopOutcome.Ended => TypedResults.Ok(new StopSessionResponse("The session had ended already.", id)),
            StopOutcome.Unknown => Unknown(id),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<Ok<Page<Signal>>, ProblemHttpResult>> Signals(
        Guid id, [AsParameters] PageQuery page, Caller caller, SessionStore sessions, SignalStore signals,
        CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is not null
            ? TypedResults.Ok(await signals.ListAsync(caller.UserId, new HistoryFilter(id), page, cancellationToken))
            : Unknown(id);

    private static async Task<Results<Ok<Page<Trade>>, ProblemHttpResult>> Trades(
        Guid id, [AsParameters] PageQuery page, Caller caller, SessionStore sessions, TradeStore trades,
        CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is not null
            ? TypedResults.Ok(await trades.ListAsync(caller.UserId, new HistoryFilter(id), page, cancellationToken))
            : Unknown(id);

    private static async Task<Results<Ok<Page<LogLine>>, ProblemHttpResult>> Logs(
        Guid id, [AsParameters] NumberedPageQuery page, Caller caller, SessionStore sessions, CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is not null
            ? TypedResults.Ok(await sessions.ListLogsAsync(id, page, cancellationToken))
            : Unknown(id);
}
