using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Sessions;

namespace StratForge.Gateway.Strategies;

/// <summary>A user's strategies.</summary>
internal static class StrategyEndpoints
{
    public static void MapStrategies(this IEndpointRouteBuilder routes)
    {
        var strategies = routes.MapGroup("/api/strategies").WithTags("Strategies").RequireAuthorization();
        strategies.MapPost("/", Create).WithIdempotencyKey();
        strategies.MapGet("/", List);
        strategies.MapGet("/templates", Templates);
        strategies.MapGet("/{id:guid}", Find);
        strategies.MapPut("/{id:guid}", Change);
        strategies.MapDelete("/{id:guid}", Delete);
        strategies.MapPatch("/{id:guid}/toggle", Toggle);
        strategies.MapPost("/{id:guid}/start", Start).WithIdempotencyKey();
        strategies.MapPost("/{id:guid}/stop", Stop).WithBooks();
        strategies.MapGet("/{id:guid}/versions", Versions);
        strategies.MapGet("/{id:guid}/versions/{version:int}", Version);
        strategies.MapPost("/{id:guid}/versions/{version:int}/restore", Restore);
        strategies.MapValidations();
    }

    /// <summary>No such strategy, or not the caller's.</summary>
    public static ProblemHttpResult Unknown(Guid id) =>
        Problems.NotFound("unknown-strategy", $"No strategy {id}. It may have been deleted.");

    /// <summary>No such version of a strategy.</summary>
    public static ProblemHttpResult UnknownVersion(Guid id, int version) => Problems.NotFound(
        "unknown-strategy-version", $"No version {version} of a strategy {id}. GET /api/strategies/{id}/versions lists them.");

    private static async Task<Results<Created<Strategy>, ProblemHttpResult>> Create(
        NewStrategyRequest request, Caller caller, NewId id, StrategyStore strategies, HttpResponse response, CancellationToken cancellationToken)
    {
        switch (await strategies.AddAsync(caller.UserId, id.Value, request, cancellationToken))
        {
            case AddOutcome.Added(var strategy):
                Tag(response, strategy);
                return TypedResults.Created($"/api/strategies/{strategy.Id}", strategy);
            case AddOutcome.Deleted:
                return Unknown(id.Value);
            case AddOutcome.TooMany:
                return Problems.Conflict(
                    "too-many-strategies", $"You have {StrategyStore.MostStrategies} strategies, as many as one may have. Delete one first.");
            case var unexpected:
                throw new UnreachableException($"{unexpected}");
        }
    }

    private static async Task<Ok<Page<StrategySummary>>> List(
        [AsParameters] PageQuery page, Caller caller, StrategyStore strategies, CancellationToken cancellationToken) =>
        TypedResults.Ok(await strategies.ListAsync(caller.UserId, page, cancellationToken));

    private static Results<Ok<IReadOnlyList<StrategyTemplate>>, ProblemHttpResult> Templates(string? language = null) => language switch
    {
        null => TypedResults.Ok(StrategyTemplate.All),
        "csharp" or "python" => TypedResults.Ok<IReadOnlyList<StrategyTemplate>>(
            [.. StrategyTemplate.All.Where(template => template.Language == Strategy.ParseLanguage(language))]),
        _ => Problems.Invalid("language", "may be csharp or python."),
    };

    private static async Task<Results<Ok<Strategy>, ProblemHttpResult>> Find(
        Guid id, Caller caller, StrategyStore strategies, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await strategies.FindAsync(caller.UserId, id, cancellationToken) is not { } strategy)
        {
            return Unknown(id);
        }

        Tag(response, strategy);
        return TypedResults.Ok(strategy);
    }

    private static async Task<Results<Ok<Strategy>, ProblemHttpResult>> Change(
        Guid id, StrategyChangeRequest request, Caller caller, StrategyStore strategies, HttpContext context, CancellationToken cancellationToken) =>
        StrategyTag.TryRead(context.Request, out var seen)
            ? Answer(context.Response, await strategies.ChangeAsync(caller.UserId, id, request, seen, cancellationToken), Unknown(id))
            : BadTag;

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id, Caller caller, StrategyStore strategies, HttpRequest http, CancellationToken cancellationToken) =>
        !StrategyTag.TryRead(http, out var seen) ? BadTag : await strategies.DeleteAsync(caller.UserId, id, seen, cancellationToken) switch
        {
            DeleteOutcome.Deleted => TypedResults.NoContent(),
            DeleteOutcome.Unknown => Unknown(id),
            DeleteOutcome.Stale(var now) => Stale(now),
            DeleteOutcome.Running(var sessions) => Problems.Conflict(
                "strategy-running", $"{sessions} of its sessions have not ended. Stop them first: POST /api/strategies/{id}/stop."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<Ok<Strategy>, ProblemHttpResult>> Toggle(
        Guid id, ToggleRequest? request, Caller caller, StrategyStore strategies, HttpContext context, CancellationToken cancellationToken) =>
        StrategyTag.TryRead(context.Request, out var seen)
            ? Answer(context.Response, await strategies.ToggleAsync(caller.UserId, id, request?.Enabled, seen, cancellationToken), Unknown(id))
            : BadTag;

    private static Task<Results<Created<StartSessionResponse>, ProblemHttpResult>> Start(
        Guid id, StartStrategyRequest? request, Caller caller, NewId sessionId, SessionDesk desk, CancellationToken cancellationToken) =>
        SessionEndpoints.StartAsync(
            caller,
            sessionId,
            new NewSession(
                id, request?.Symbol, request?.Mode, request?.Parameters, request?.Version, StopPolicies.Parse(request?.StopPolicy)),
            desk,
            cancellationToken);

    private static async Task<Results<Ok<StopSessionsResponse>, ProblemHttpResult>> Stop(
        Guid id, StopRequest? request, Caller caller, StrategyStore strategies, SessionDesk desk, CancellationToken cancellationToken) =>
        await strategies.FindAsync(caller.UserId, id, cancellationToken) is not null
            ? TypedResults.Ok(new StopSessionsResponse(
                await desk.StopAllAsync(caller.UserId, id, StopPolicies.Parse(request?.Policy), cancellationToken)))
            : Unknown(id);

    private static async Task<Results<Ok<Page<StrategyVersion>>, ProblemHttpResult>> Versions(
        Guid id, [AsParameters] NumberedPageQuery page, Caller caller, StrategyStore strategies, CancellationToken cancellationToken) =>
        await strategies.ListVersionsAsync(caller.UserId, id, page, cancellationToken) is { } versions
            ? TypedResults.Ok(versions)
            : Unknown(id);

    private static async Task<Results<Ok<StrategyVersion>, ProblemHttpResult>> Version(
        Guid id, int version, Caller caller, StrategyStore strategies, CancellationToken cancellationToken) =>
        await strategies.FindVersionAsync(caller.UserId, id, version, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : UnknownVersion(id, version);

    private static async Task<Results<Ok<Strategy>, ProblemHttpResult>> Restore(
        Guid id, int version, Caller caller, StrategyStore strategies, HttpContext context, CancellationToken cancellationToken) =>
        StrategyTag.TryRead(context.Request, out var seen)
            ? Answer(context.Response, await strategies.RestoreAsync(caller.UserId, id, version, seen, cancellationToken), UnknownVersion(id, version))
            : BadTag;

    private static Results<Ok<Strategy>, ProblemHttpResult> Answer(HttpResponse response, ChangeOutcome outcome, ProblemHttpResult unknown)
    {
        switch (outcome)
        {
            case ChangeOutcome.Changed(var strategy):
                Tag(response, strategy);
                return TypedResults.Ok(strategy);
            case ChangeOutcome.Unknown:
                return unknown;
            case ChangeOutcome.Stale(var now):
                return Stale(now);
            case ChangeOutcome.TooManyVersions:
                return Problems.Conflict(
                    "too-many-versions", $"Sessions ran all of the {StrategyStore.MostVersions} versions that are kept. Save the code as a new strategy.");
            default:
                throw new UnreachableException($"{outcome}");
        }
    }

    private static ProblemHttpResult BadTag =>
        Problems.BadRequest("bad-if-match", "If-Match takes the ETag of a strategy, like \"3.17\", the version of its code alone, like \"3\", or *.");

    private static ProblemHttpResult Stale(Strategy now) => Problems.Stale(
        "strategy-changed", $"The strategy has been changed since; it is at version {now.Version}. Read it, merge, and send it again.");

    private static void Tag(HttpResponse response, Strategy strategy) => response.Headers.ETag = StrategyTag.Of(strategy).ToString();
}
