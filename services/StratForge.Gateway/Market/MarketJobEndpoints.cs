using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Market;

/// <summary>Fetching history from the broker, and bringing it in a file.</summary>
internal static class MarketJobEndpoints
{
    private const int LargestFile = 256 * 1024 * 1024;

    public static void MapMarketJobs(this RouteGroupBuilder market)
    {
        market.MapPost("/downloads", StartDownload).WithIdempotencyKey();
        market.MapGet("/jobs", List);
        market.MapGet("/jobs/{id:guid}", Find).WithName("FindMarketJob");
        market.MapDelete("/jobs/{id:guid}", Cancel);

        // Everybody's strategies run on these bars, so not everybody may bring some.
        market.MapPost("/import", Import)
            .Accepts<string>("text/csv")
            .RequireAuthorization(Caller.Admin)
            .WithMetadata(new RequestSizeLimitAttribute(LargestFile));
    }

    private static async Task<Results<AcceptedAtRoute<MarketJob>, ProblemHttpResult>> StartDownload(
        DownloadRequest request, Caller caller, NewId id, MarketJobStore jobs, TimeProvider clock, CancellationToken cancellationToken)
    {
        var end = request.End ?? clock.GetUtcNow();
        if (request.FaultOfStart(end) is { } fault)
        {
            return Problems.Invalid("start", fault);
        }

        var symbols = request.Symbols!.Distinct(StringComparer.Ordinal).ToList();
        var job = await jobs.AddDownloadAsync(
            caller.UserId, id.Value, symbols, request.Timeframe ?? "1m", request.Start.GetValueOrDefault().ToUniversalTime(), end.ToUniversalTime(),
            cancellationToken);
        return job is null
            ? Problems.Conflict("too-many-downloads", $"{MarketJobStore.MostOpen} downloads of yours are not over yet. Wait for one, or cancel it.")
            : TypedResults.AcceptedAtRoute(job, "FindMarketJob", new { job.Id });
    }

    private static async Task<Ok<MarketJobList>> List(Caller caller, MarketJobStore jobs, CancellationToken cancellationToken) =>
        TypedResults.Ok(new MarketJobList(await jobs.ListAsync(caller.UserId, cancellationToken)));

    private static async Task<Results<Ok<MarketJob>, ProblemHttpResult>> Find(
        Guid id, Caller caller, MarketJobStore jobs, CancellationToken cancellationToken) =>
        await jobs.FindAsync(caller.UserId, id, cancellationToken) is { } job ? TypedResults.Ok(job) : Unknown(id);

    private static async Task<Results<Ok<MarketJob>, ProblemHttpResult>> Cancel(
        Guid id, Caller caller, MarketJobStore jobs, CancellationToken cancellationToken) =>
        await jobs.CancelAsync(caller.UserId, id, cancellationToken) is { } job ? TypedResults.Ok(job)
        : await jobs.FindAsync(caller.UserId, id, cancellationToken) is { } over
            ? Problems.Conflict("job-is-over", $"The job is {over.Status} already.")
            : Unknown(id);

    private static async Task<Results<Ok<MarketJob>, ProblemHttpResult>> Import(
        [AsParameters] ImportQuery query, Caller caller, BarImport import, HttpRequest request, CancellationToken cancellationToken) =>
        await import.RunAsync(caller.UserId, query, request.Body, cancellationToken) switch
        {
            ImportOutcome.Imported(var job) => TypedResults.Ok(job),
            ImportOutcome.NoHeading(var fault) => Problems.BadRequest("bad-bar-file", fault),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static ProblemHttpResult Unknown(Guid id) => Problems.NotFound("unknown-market-job", $"There is no job {id} of yours.");
}
