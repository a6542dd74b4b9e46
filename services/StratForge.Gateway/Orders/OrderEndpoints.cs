using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Alpaca;
using StratForge.Contracts.Internal;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Orders;

/// <summary>Orders of the caller's virtual account, in Alpaca's shapes.</summary>
internal static class OrderEndpoints
{
    private const int MostOrders = 500;

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/trade/orders").WithTags("Trading").RequireAuthorization();
        orders.MapPost("/", Place).WithIdempotencyKey();
        orders.MapGet("/", List);
        orders.MapGet("/{id:guid}", Find);
        orders.MapDelete("/{id:guid}", Cancel);
    }

    private static async Task<Results<Created<TradeOrder>, Ok<TradeOrder>, ProblemHttpResult>> Place(
        PlaceOrder request, Caller caller, OrderDesk desk, OrderStore orders, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await desk.PlaceAsync(
            caller.UserId, request.ToTerms(), request.ClientOrderId, IdempotencyKeys.KeyOf(context.Request), cancellationToken);
        switch (answer)
        {
            case { Status: ExecuteOutcome.Accepted, OrderId: { } id }:
                var order = await orders.FindAsync(caller.UserId, id, cancellationToken)
                    ?? throw new UnreachableException($"Order {id} was accepted and is not there.");
                order = order with { NewBalance = answer.Balance };
                return answer.IsNew ? TypedResults.Created($"/trade/orders/{id}", order) : TypedResults.Ok(order);
            case { Status: "CONFLICT" }:
                return Problems.Of(
                    StatusCodes.Status422UnprocessableEntity, "client-order-id-reused", "Used for another order",
                    "This client_order_id names an earlier order with other terms. Use a new one for a new order.");
            case { Status: ExecuteOutcome.Rejected, Code: { } code, Detail: { } detail }:
                return Problems.Refused(code, detail);
            default:
                throw new UnreachableException($"{answer}");
        }
    }

    private static async Task<Results<Ok<List<TradeOrder>>, ProblemHttpResult>> List(
        Caller caller, OrderStore orders, CancellationToken cancellationToken,
        string status = "open", int limit = 50, string? symbols = null, string? side = null, DateTimeOffset? after = null,
        DateTimeOffset? until = null, string direction = "desc")
    {
        if (status is not ("open" or "closed" or "all"))
        {
            return Problems.Invalid("status", "has to be open, closed or all.");
        }

        if (limit is < 1 or > MostOrders)
        {
            return Problems.Invalid("limit", $"has to be from 1 to {MostOrders}.");
        }

        if (side is not (null or "buy" or "sell"))
        {
            return Problems.Invalid("side", "has to be buy or sell.");
        }

        if (direction is not ("asc" or "desc"))
        {
            return Problems.Invalid("direction", "has to be asc or desc.");
        }

        if (symbols?.Contains('\0', StringComparison.Ordinal) ?? false)
        {
            return Problems.Invalid("symbols", "is a list of symbols, separated by commas.");
        }

        var filter = new OrderFilter(
            status, limit, symbols?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), side,
            after?.ToUniversalTime(), until?.ToUniversalTime(), direction == "asc");
        return TypedResults.Ok(await orders.ListAsync(caller.UserId, filter, cancellationToken));
    }

    private static async Task<Results<Ok<TradeOrder>, ProblemHttpResult>> Find(
        Guid id, Caller caller, OrderStore orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(caller.UserId, id, cancellationToken) is { } order ? TypedResults.Ok(order) : NotFound(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> Cancel(
        Guid id, Caller caller, OrderCancels cancels, CancellationToken cancellationToken)
    {
        try
        {
            return await cancels.CancelAsync(caller.UserId, id, cancellationToken) switch
            {
                CancelOutcome.Asked => TypedResults.NoContent(),
                CancelOutcome.Unknown => NotFound(id),
                CancelOutcome.Over(var status) => Problems.Of(
                    StatusCodes.Status422UnprocessableEntity, "order-is-over", "Too late", $"order is already in \"{status}\" state"),
                CancelOutcome.Shared => Problems.Conflict(
                    "order-is-executing", "This market order is being executed together with others and can't be taken back."),
                CancelOutcome.OnItsWay => Problems.Conflict("order-is-on-its-way", "The order is on its way to the broker. Try again in a moment."),
                var unexpected => throw new UnreachableException($"{unexpected}"),
            };
        }
        catch (AlpacaException)
        {
            return Problems.TryLater("broker-unavailable", "The broker does not answer. The order is unchanged as far as we know; try again shortly.");
        }
    }

    private static ProblemHttpResult NotFound(Guid id) => Problems.NotFound("unknown-order", $"You have no order {id}.");
}
