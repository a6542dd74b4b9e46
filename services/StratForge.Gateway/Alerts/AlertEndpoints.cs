using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Alerts;

/// <summary>What users want to be told of.</summary>
internal static class AlertEndpoints
{
    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        var alerts = routes.MapGroup("/api/alerts").WithTags("Alerts").RequireAuthorization();
        alerts.MapGet("/", List);
        alerts.MapPost("/", Add).WithBooks().WithIdempotencyKey();
        alerts.MapGet("/firings", ListAllFirings);
        alerts.MapGet("/{id:guid}", Find).WithName("FindAlert");
        alerts.MapPatch("/{id:guid}", Change).WithBooks();
        alerts.MapDelete("/{id:guid}", Delete).WithBooks();
        alerts.MapGet("/{id:guid}/firings", ListFirings);
        alerts.MapPost("/{id:guid}/test", Test).WithBooks();
        alerts.MapWebhooks();
    }

    private static async Task<Ok<Page<Alert>>> List(
        [AsParameters] PageQuery page, Caller caller, AlertStore alerts, CancellationToken cancellationToken) =>
        TypedResults.Ok(await alerts.ListAsync(caller.UserId, page, cancellationToken));

    private static async Task<Results<CreatedAtRoute<Alert>, ProblemHttpResult>> Add(
        NewAlert request, Caller caller, NewId id, AlertDesk desk, CancellationToken cancellationToken) =>
        await desk.AddAsync(caller, id.Value, request, cancellationToken) switch
        {
            AlertOutcome.Done(var alert) => TypedResults.CreatedAtRoute(alert, "FindAlert", new { alert.Id }),
            AlertOutcome.Invalid(var errors) => Problems.Invalid(errors),
            AlertOutcome.ForAdmins => Problems.Forbidden("forbidden", "Alerts about the broker's account are for admins."),
            AlertOutcome.TooMany => Problems.Conflict("too-many-alerts", $"You have {AlertStore.MostAlerts} alerts, as many as one may have. Delete one first."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> Find(
        Guid id, Caller caller, AlertStore alerts, CancellationToken cancellationToken) =>
        await alerts.FindAsync(caller.UserId, id, cancellationToken) is { } alert ? TypedResults.Ok(alert) : Unknown(id);

    private static async Task<Results<Ok<Alert>, ProblemHttpResult>> Change(
        Guid id, AlertPatch request, Caller caller, AlertDesk desk, CancellationToken cancellationToken) =>
        await desk.ChangeAsync(caller.UserId, id, request, cancellationToken) switch
        {
            AlertOutcome.Done(var alert) => TypedResults.Ok(alert),
            AlertOutcome.Invalid(var errors) => Problems.Invalid(errors),
            AlertOutcome.Unknown => Unknown(id),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id, Caller caller, AlertDesk desk, CancellationToken cancellationToken) =>
        await desk.DeleteAsync(caller.UserId, id, cancellationToken) ? TypedResults.NoContent() : Unknown(id);

    private static async Task<Ok<Page<AlertFiring>>> ListAllFirings(
        [AsParameters] PageQuery page, Caller caller, AlertStore alerts, CancellationToken cancellationToken) =>
        TypedResults.Ok(await alerts.ListFiringsAsync(caller.UserId, null, page, cancellationToken));

    private static async Task<Results<Ok<Page<AlertFiring>>, ProblemHttpResult>> ListFirings(
        Guid id, [AsParameters] PageQuery page, Caller caller, AlertStore alerts, CancellationToken cancellationToken) =>
        await alerts.FindAsync(caller.UserId, id, cancellationToken) is null
            ? Unknown(id)
            : TypedResults.Ok(await alerts.ListFiringsAsync(caller.UserId, id, page, cancellationToken));

    private static async Task<Results<Ok<AlertFiring>, ProblemHttpResult>> Test(
        Guid id, Caller caller, AlertDesk desk, HttpResponse response, CancellationToken cancellationToken)
    {
        switch (await desk.TestAsync(caller.UserId, id, cancellationToken))
        {
            case AlertOutcome.Tested(var firing):
                return TypedResults.Ok(firing);
            case AlertOutcome.Unknown:
                return Unknown(id);
            case AlertOutcome.Changing:
                return Problems.Conflict("alert-changing", "The alert was changed or fired at this moment. Try again.");
            case AlertOutcome.TestedJustNow:
                var seconds = (int)AlertDesk.TestEvery.TotalSeconds;
                response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                return Problems.Of(
                    StatusCodes.Status429TooManyRequests, "tested-just-now", "Too many requests", $"An alert can be tested once in {seconds} seconds.");
            case var unexpected:
                throw new UnreachableException($"{unexpected}");
        }
    }

    private static ProblemHttpResult Unknown(Guid id) => Problems.NotFound("unknown-alert", $"There is no alert {id} of yours.");
}
