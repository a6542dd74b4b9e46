using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Reconciliation;

/// <summary>The one account at the broker as the broker shows it. Users see their virtual accounts under <c>/trade</c> instead.</summary>
internal static class SharedAccountEndpoints
{
    public static void MapSharedAccount(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/api/admin/broker").WithTags("Reconciliation").RequireAuthorization(Caller.Admin);
        account.MapGet("/account", Account);
        account.MapGet("/positions", Positions);
        account.MapGet("/orders", Orders);
    }

    private static Task<Results<Ok<AlpacaAccount>, ProblemHttpResult>> Account(IBroker broker, CancellationToken cancellationToken) =>
        AskAsync(broker.GetAccountAsync, cancellationToken);

    private static Task<Results<Ok<IReadOnlyList<AlpacaPosition>>, ProblemHttpResult>> Positions(IBroker broker, CancellationToken cancellationToken) =>
        AskAsync(broker.ListPositionsAsync, cancellationToken);

    /// <summary>Open orders, ours and others'; ours bear the id of a broker order as their <c>clientOrderId</c>.</summary>
    private static Task<Results<Ok<IReadOnlyList<AlpacaOrder>>, ProblemHttpResult>> Orders(IBroker broker, CancellationToken cancellationToken) =>
        AskAsync(broker.ListOpenAsync, cancellationToken);

    private static async Task<Results<Ok<T>, ProblemHttpResult>> AskAsync<T>(
        Func<CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(await question(cancellationToken));
        }
        catch (AlpacaException exception)
        {
            return ReconciliationEndpoints.BrokerAway(exception);
        }
    }
}
