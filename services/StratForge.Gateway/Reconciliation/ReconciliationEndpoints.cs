using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Books and broker side by side, for those who run the platform.</summary>
internal static class ReconciliationEndpoints
{
    public static void MapReconciliation(this IEndpointRouteBuilder routes)
    {
        var reconciliation = routes.MapGroup("/api/admin/reconciliation").WithTags("Reconciliation").RequireAuthorization(Caller.Admin);
        reconciliation.MapGet("/", Show);
        reconciliation.MapGet("/history", History).Produces<Page<ReconciliationEntry>>();
        reconciliation.MapPost("/check", Check).WithBooks();
        reconciliation.MapPost("/repairs", RepairAsync).WithIdempotencyKey().WithBooks();

        routes.MapSharedAccount();
    }

    /// <summary>The broker does not answer.</summary>
    public static ProblemHttpResult BrokerAway(AlpacaException exception) =>
        Problems.TryLater("broker-unavailable", $"The broker does not answer as asked ({exception.Message}). Nothing has changed; repeat the request.");

    private static async Task<Ok<ReconciliationReport>> Show(ReconciliationStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ReadReportAsync(cancellationToken));

    private static async Task<IResult> History(
        [AsParameters] ReconciliationFilter filter, [AsParameters] NumberedPageQuery page, ReconciliationStore store, HttpRequest request,
        CancellationToken cancellationToken) =>
        CsvFile.IsWantedBy(request)
            ? new CsvFile<ReconciliationEntry>("reconciliation", HistoryColumns, store.ReadHistoryAsync(filter, cancellationToken))
            : TypedResults.Ok(await store.ListHistoryAsync(filter, page, cancellationToken));

    private static async Task<Results<Ok<ReconciliationReport>, ProblemHttpResult>> Check(Reconciler reconciler, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(await reconciler.CheckAsync("request", cancellationToken));
        }
        catch (AlpacaException exception)
        {
            return BrokerAway(exception);
        }
    }

    private static async Task<Results<Created<Repair>, ProblemHttpResult>> RepairAsync(
        RepairRequest request, Caller caller, Reconciler reconciler, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        var id = IdempotencyKeys.KeyOf(context.Request) is { } key
            ? OrderIds.Derive(caller.UserId, "repair", key)
            : Guid.CreateVersion7(clock.GetUtcNow());
        try
        {
            return await reconciler.RepairAsync(id, request, caller.UserId, cancellationToken) switch
            {
                RepairOutcome.Booked(var repair) => TypedResults.Created($"/api/admin/reconciliation/history?asset={Uri.EscapeDataString(repair.Asset)}", repair),
                RepairOutcome.NoDrift(ReconciledStatus.InFlight) => Problems.Conflict(
                    "no-drift", $"{request.Asset} differs by what orders in flight explain. Wait until they are over; what is left then may be repaired."),
                RepairOutcome.NoDrift => Problems.Conflict("no-drift", $"Books and broker agree in {request.Asset}; there is nothing to repair."),
                RepairOutcome.OtherAmount(var drift) => Problems.Conflict(
                    "drift-differs", $"The drift of {request.Asset} is {ApiJson.Spell(drift)}, not {ApiJson.Spell(request.Amount!.Value)}. Repair the drift as it stands."),
                var unexpected => throw new UnreachableException($"{unexpected}"),
            };
        }
        catch (AlpacaException exception)
        {
            return BrokerAway(exception);
        }
    }

    private static (string Heading, Func<ReconciliationEntry, object?> Value)[] HistoryColumns =>
    [
        ("id", entry => entry.Id),
        ("at", entry => entry.At),
        ("asset", entry => entry.Asset),
        ("kind", entry => entry.Kind),
        ("expected", entry => entry.Expected),
        ("actual", entry => entry.Actual),
        ("difference", entry => entry.Difference),
        ("driftId", entry => entry.DriftId),
        ("repairId", entry => entry.RepairId),
        ("actorId", entry => entry.ActorId),
        ("reason", entry => entry.Reason),
    ];
}
