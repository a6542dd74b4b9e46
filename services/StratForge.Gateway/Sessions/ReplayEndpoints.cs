using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Jobs;

namespace StratForge.Gateway.Sessions;

/// <summary>Replays of a user's sessions.</summary>
internal static class ReplayEndpoints
{
    // Each takes a host and up to a whole processor of some worker.
    private const int MostOpen = 3;

    public static void MapReplays(this RouteGroupBuilder sessions)
    {
        sessions.MapPost("/{id:guid}/replay", Start).WithIdempotencyKey();
        sessions.MapGet("/{id:guid}/replays", List);
        sessions.MapGet("/{id:guid}/replays/{replayId:guid}", Find);
        sessions.MapDelete("/{id:guid}/replays/{replayId:guid}", Cancel);
    }

    private static async Task<Results<Accepted<Replay>, ProblemHttpResult>> Start(
        Guid id, Caller caller, NewId replayId, SessionStore sessions, JobStore jobs, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(caller.UserId, id, cancellationToken) is not { } session)
        {
            return SessionEndpoints.Unknown(id);
        }

        if (session.TapeGoneAt is { } goneAt)
        {
            return Problems.Gone(
                "tape-gone", $"What the session was told is no longer kept since {goneAt:yyyy-MM-dd HH:mm} UTC, so it can't be replayed. Replays made before are still listed.");
        }

        return await jobs.AskAsync(caller.UserId, replayId.Value, ReplayJob.Kind, id, "{}", MostOpen, cancellationToken) is { } job
            ? TypedResults.Accepted($"/api/sessions/{id}/replays/{job.Id}", Replay.Of(job))
            : Problems.Conflict("too-many-replays", $"{MostOpen} of your replays have not ended, which is the most. Wait for one, or cancel it.");
    }

    private static async Task<Results<Ok<Page<Replay>>, ProblemHttpResult>> List(
        Guid id, [AsParameters] PageQuery page, Caller caller, SessionStore sessions, JobStore jobs, CancellationToken cancellationToken) =>
        await sessions.FindAsync(caller.UserId, id, cancellationToken) is not null
            ? TypedResults.Ok(await jobs.ListAsync(caller.UserId, ReplayJob.Kind, id, page, Replay.Of, cancellationToken))
            : SessionEndpoints.Unknown(id);

    private static async Task<Results<Ok<Replay>, ProblemHttpResult>> Find(
        Guid id, Guid replayId, Caller caller, JobStore jobs, CancellationToken cancellationToken) =>
        await jobs.FindAsync(caller.UserId, ReplayJob.Kind, id, replayId, cancellationToken) is { } job
            ? TypedResults.Ok(Replay.Of(job))
            : Unknown(replayId);

    private static async Task<Results<Ok<Replay>, ProblemHttpResult>> Cancel(
        Guid id, Guid replayId, Caller caller, JobStore jobs, CancellationToken cancellationToken) =>
        await jobs.CancelAsync(caller.UserId, ReplayJob.Kind, id, replayId, cancellationToken) is { } job
            ? TypedResults.Ok(Replay.Of(job))
            : Unknown(replayId);

    private static ProblemHttpResult Unknown(Guid id) => Problems.NotFound("unknown-replay", $"No replay {id} of this session.");
}
