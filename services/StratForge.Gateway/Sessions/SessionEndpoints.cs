using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;
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
        Caller caller, NewId id, NewSession request, SessionDesk desk, CancellationToken cancellationToken) =>
        await desk.StartAsync(caller.UserId, id.Value, request, cancellationToken) switch
        {
            StartOutcome.Started(var session, var update) => TypedResults.Created(
                $"/api/sessions/{session.Id}",
                new StartSessionResponse(
                    $"Session on {session.Symbol} is starting.", new SessionStarted(session, update))),
            StartOutcome.UnknownStrategy => StrategyEndpoints.Unknown(request.StrategyId),
            StartOutcome.UnknownVersion(var newest) => Problems.NotFound(
                "unknown-strategy-version", $"The strategy's newest version is {newest}. GET /api/strategies/{request.StrategyId}/versions lists them."),
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
        sessions.MapPost("/{id:guid}/pause", Pause).WithBooks();
        sessions.MapPost("/{id:guid}/resume", Resume).WithBooks();
        sessions.MapPost("/{id:guid}/reduce-only", ReduceOnly).WithBooks();
        sessions.MapPost("/{id:guid}/stop", Stop).WithBooks();
        sessions.MapGet("/{id:guid}/signals", Signals).Produces<Page<Signal>>();
        sessions.MapGet("/{id:guid}/trades", Trades).Produces<Page<Trade>>();
        sessions.MapGet("/{id:guid}/performance", Performance).Produces<SessionPerformance>();
        sessions.MapGet("/{id:guid}/logs", Logs).Produces<Page<LogLine>>();
        sessions.MapGet("/{id:guid}/notes", Notes);
        sessions.MapReplays();
    }

    private static Task<Results<Created<StartSessionResponse>, ProblemHttpResult>> Start(
        StartSessionRequest request, Caller caller, NewId id, SessionDesk desk, CancellationToken cancellationToken) =>
        StartAsync(
            caller,
            id,
            new NewSession(
                request.StrategyId!.Value, request.Symbol, request.Mode, request.Parameters, request.Version, StopPolicies.Parse(request.StopPolicy)),
            desk,
            cancellationToken);

    private static async Task<Ok<Page<Session>>> List(
        [AsParameters] SessionFilter filter, [AsParameters] PageQuery page, Caller caller, SessionStore sessions,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await sessions.ListAsync(caller.UserId, filter, page, cancellationToken));

    private static async Task<Results<Ok<Session>, ProblemHttpResult>> Find(
        Guid id, Caller caller, SessionStore sessions, CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is { } session ? TypedResults.Ok(session) : Unknown(id);

    private static async Task<Results<Ok<SteeredSession>, ProblemHttpResult>> Pause(
        Guid id, Caller caller, SessionDesk desk, CancellationToken cancellationToken) =>
        Answer(
            id, "pause", await desk.SteerAsync(caller.UserId, id, SessionCommand.Pause, policy: null, cancellationToken),
            "The session is paused: bars go on feeding it, its signals are refused.", "The session was paused already.");

    private static async Task<Results<Ok<SteeredSession>, ProblemHttpResult>> Resume(
        Guid id, Caller caller, SessionDesk desk, CancellationToken cancellationToken) =>
        Answer(
            id, "resume", await desk.SteerAsync(caller.UserId, id, SessionCommand.Resume, policy: null, cancellationToken),
            "The session runs again: its signals are taken.", "The session was running already.");

    private static async Task<Results<Ok<SteeredSession>, ProblemHttpResult>> ReduceOnly(
        Guid id, ReduceOnlyRequest? request, Caller caller, SessionDesk desk, CancellationToken cancellationToken)
    {
        var on = request?.Enabled ?? true;
        return Answer(
            id, "reduce-only", await desk.ReduceOnlyAsync(caller.UserId, id, on, request?.Reason, cancellationToken),
            on ? "Only signals that make the session's position smaller are taken now." : "The session trades as its limits say.",
            on ? "The session could only reduce already." : "The session was not restricted.");
    }

    private static async Task<Results<Ok<SteeredSession>, ProblemHttpResult>> Stop(
        Guid id, StopRequest? request, Caller caller, SessionDesk desk, CancellationToken cancellationToken)
    {
        var outcome = await desk.SteerAsync(caller.UserId, id, SessionCommand.Stop, StopPolicies.Parse(request?.Policy), cancellationToken);
        return Answer(
            id, "stop", outcome, "The session is stopping.",
            outcome is SteerOutcome.Done { Session.EndedAt: null } ? "The session was stopping already." : "The session had ended already.");
    }

    private static Results<Ok<SteeredSession>, ProblemHttpResult> Answer(
        Guid id, string command, SteerOutcome outcome, string changed, string already) => outcome switch
        {
            SteerOutcome.Done(var session, var isChanged) => TypedResults.Ok(new SteeredSession(isChanged ? changed : already, id, session)),
            SteerOutcome.Unknown => Unknown(id),
            SteerOutcome.Refused("session-starting", _) => Problems.Conflict(
                "session-starting", $"The session has no worker yet, so there is nothing to {command}. Try again when it is RUNNING, or stop it."),
            SteerOutcome.Refused(var code, var status) => Problems.Conflict(
                code, $"The session is {SessionLifecycle.Spell(status)}: {command} is not possible any more. Start a new one instead."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<IResult> Signals(
        Guid id, [AsParameters] SignalFilter filter, [AsParameters] PageQuery page, Caller caller, SessionStore sessions, SignalStore signals,
        HttpRequest request, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(caller.UserId, id, cancellationToken) is null)
        {
            return Unknown(id);
        }

        var own = filter with { SessionId = id };
        return CsvFile.IsWantedBy(request)
            ? HistoryFiles.Of($"signals-{id}", signals.ReadAllAsync(caller.UserId, own, cancellationToken))
            : TypedResults.Ok(await signals.ListAsync(caller.UserId, own, page, cancellationToken));
    }

    private static async Task<IResult> Trades(
        Guid id, [AsParameters] HistoryFilter filter, [AsParameters] PageQuery page, Caller caller, SessionStore sessions, TradeStore trades,
        HttpRequest request, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(caller.UserId, id, cancellationToken) is null)
        {
            return Unknown(id);
        }

        var own = filter with { SessionId = id };
        return CsvFile.IsWantedBy(request)
            ? HistoryFiles.Of($"trades-{id}", trades.ReadAllAsync(caller.UserId, own, cancellationToken))
            : TypedResults.Ok(await trades.ListAsync(caller.UserId, own, page, cancellationToken));
    }

    private static async Task<IResult> Logs(
        Guid id, [AsParameters] LogFilter filter, [AsParameters] NumberedPageQuery page, Caller caller, SessionStore sessions, SessionLogs logs,
        LogFollowers followers, HttpContext context, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(caller.UserId, id, cancellationToken) is null)
        {
            return Unknown(id);
        }

        if (filter.Follow ?? EventStream.IsWantedBy(context.Request))
        {
            return await followers.FollowAsync(caller.UserId, id, filter, page.Take, context);
        }

        return CsvFile.IsWantedBy(context.Request)
            ? new CsvFile<LogLine>($"logs-{id}", LogColumns, logs.ReadAllAsync(id, filter, cancellationToken))
            : TypedResults.Ok(await logs.ListAsync(id, filter, page, cancellationToken));
    }

    private static async Task<Results<Ok<SessionNotes>, ProblemHttpResult>> Notes(
        Guid id, Caller caller, SessionStore sessions, CancellationToken cancellationToken) =>
        await sessions.FindNotesAsync(caller.UserId, id, cancellationToken) is { } notes ? TypedResults.Ok(notes) : Unknown(id);

    private static async Task<IResult> Performance(
        Guid id, [AsParameters] PerformanceQuery query, Caller caller, SessionStore sessions, PerformanceStore store, HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(caller.UserId, id, cancellationToken) is not { } session)
        {
            return Unknown(id);
        }

        var performance = await store.ReadAsync(session, query.Take, cancellationToken);
        return CsvFile.IsWantedBy(request)
            ? new CsvFile<PnlSample>($"performance-{id}", PnlColumns, performance.Pnl.ToAsyncEnumerable())
            : TypedResults.Ok(performance);
    }

    private static (string Heading, Func<LogLine, object?> Value)[] LogColumns =>
    [
        ("at", line => line.At),
        ("level", line => line.Level),
        ("message", line => line.Message),
    ];

    private static (string Heading, Func<PnlSample, object?> Value)[] PnlColumns =>
    [
        ("at", sample => sample.At),
        ("pnl", sample => sample.Pnl),
    ];
}
