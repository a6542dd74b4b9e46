using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Portfolio;

/// <summary>Beginning anew.</summary>
internal static class ResetEndpoints
{
    private const int MostNamed = 20;

    public static void MapResets(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/users/me/virtual-account/reset", Reset)
            .WithTags("Portfolio").RequireAuthorization().WithIdempotencyKey().WithBooks();

    private static async Task<Results<Ok<AccountReset>, ProblemHttpResult>> Reset(
        ResetRequest? request, Caller caller, AccountResets resets, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        var id = IdempotencyKeys.KeyOf(context.Request) is { } key
            ? OrderIds.Derive(caller.UserId, "reset", key)
            : Guid.CreateVersion7(clock.GetUtcNow());
        return await resets.ResetAsync(id, caller.UserId, request?.Reason, cancellationToken) switch
        {
            ResetOutcome.Done(var reset) => TypedResults.Ok(reset),
            ResetOutcome.OrdersOpen(var orders) => Problems.Conflict(
                "orders-open", $"Cancel your open orders first (DELETE /trade/orders) and wait until they are over: {Name(orders)}."),
            ResetOutcome.SessionsRunning(var sessions) => Problems.Conflict(
                "sessions-running", $"Stop your sessions first (POST /api/sessions/{{id}}/stop) and wait until they have ended: {Name(sessions)}."),
            ResetOutcome.Unknown => Problems.NotFound("unknown-user", "This account has been deleted."),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };
    }

    private static string Name(IReadOnlyList<Guid> ids) =>
        ids.Count <= MostNamed ? string.Join(", ", ids) : $"{string.Join(", ", ids.Take(MostNamed))} and {ids.Count - MostNamed} more";
}
