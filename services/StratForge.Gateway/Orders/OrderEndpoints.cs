using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StratForge.Contracts.Internal;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Orders;

/// <summary>Orders of the caller's virtual account, in Alpaca's shapes.</summary>
internal static class OrderEndpoints
{
    private const int MostOrders = 500;

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/trade/orders").WithTags("Trading").RequireAuthorization();
        orders.MapPost("/", Place).WithIdempotencyKey().WithBooks()
            .WithIntakeLane(static services => new PlainOrders(
                services.GetRequiredService<OrderDesk>(), services.GetRequiredService<OrderStore>(), services.GetRequiredService<RefusedOrders>()));
        orders.MapGet("/", List);
        orders.MapGet("/{id:guid}", Find);
        orders.MapGet("/{id:guid}/decisions", ListDecisions);
        orders.MapPatch("/{id:guid}", Replace).WithBooks();
        orders.MapDelete("/{id:guid}", Cancel).WithBooks();
        orders.MapDelete("/", CancelAll).WithBooks();
        routes.MapGet("/trade/orders:by_client_order_id", FindByName).WithTags("Trading").RequireAuthorization();
    }

    private static async Task<Results<PlacedOrder, Ok<TradeOrder>, ProblemHttpResult>> Place(
        PlaceOrder request, Caller caller, OrderDesk desk, OrderStore orders, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await desk.PlaceAsync(
            caller.UserId, request.ToWish(), request.ClientOrderId, IdempotencyKeys.KeyOf(context.Request), cancellationToken);
        return await AnswerAsync(answer, request, caller, orders, cancellationToken);
    }

    /// <summary>What is said to somebody who placed an order.</summary>
    internal static async ValueTask<Results<PlacedOrder, Ok<TradeOrder>, ProblemHttpResult>> AnswerAsync(
        IntakeAnswer answer, PlaceOrder request, Caller caller, OrderStore orders, CancellationToken cancellationToken)
    {
        switch (answer)
        {
            case { Status: ExecuteOutcome.Accepted, Order: { } taken }:
                return new PlacedOrder(TradeOrder.Of(taken) with
                {
                    NewBalance = answer.Balance,
                    OrderClass = request.OrderClass is null or "simple" ? "" : request.OrderClass,
                });
            case { Status: ExecuteOutcome.Accepted, OrderId: { } id }:
                var order = await orders.FindAsync(caller.UserId, id, cancellationToken)
                    ?? throw new UnreachableException($"Order {id} was accepted and is not there.");
                return TypedResults.Ok(order);
            case { Status: "CONFLICT" }:
                return NameTaken();
            case { Status: ExecuteOutcome.Rejected, Code: { } code, Detail: { } detail }:
                return Problems.Refused(code, detail);
            default:
                throw new UnreachableException($"{answer}");
        }
    }

    private static async Task<Results<Ok<List<TradeOrder>>, ProblemHttpResult>> List(
        Caller caller, OrderStore orders, CancellationToken cancellationToken,
        string status = "open", int limit = 50, string? symbols = null, string? side = null, DateTimeOffset? after = null,
        DateTimeOffset? until = null, string direction = "desc", bool nested = false)
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
            after?.ToUniversalTime(), until?.ToUniversalTime(), direction == "asc", nested);
        var found = await orders.ListAsync(caller.UserId, filter, cancellationToken);
        return TypedResults.Ok(nested ? await NestAsync(caller, orders, found, cancellationToken) : found);
    }

    private static async Task<Results<Ok<TradeOrder>, ProblemHttpResult>> Find(
        Guid id, Caller caller, OrderStore orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(caller.UserId, id, cancellationToken) is { } order
            ? TypedResults.Ok((await NestAsync(caller, orders, [order], cancellationToken))[0])
            : NotFound(id);

    private static async Task<Results<Ok<TradeOrder>, ProblemHttpResult>> FindByName(
        [FromQuery(Name = "client_order_id")] string name, Caller caller, OrderStore orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(caller.UserId, name, cancellationToken) is { } order
            ? TypedResults.Ok((await NestAsync(caller, orders, [order], cancellationToken))[0])
            : Problems.NotFound("unknown-order", "You have no order of this client_order_id.");

    private static async Task<Results<Ok<Page<OrderDecision>>, ProblemHttpResult>> ListDecisions(
        Guid id, [AsParameters] NumberedPageQuery page, Caller caller, OrderStore orders, CancellationToken cancellationToken) =>
        await orders.FindAsync(caller.UserId, id, cancellationToken) is null
            ? NotFound(id)
            : TypedResults.Ok(await orders.ListDecisionsAsync(id, page, cancellationToken));

    private static async Task<List<TradeOrder>> NestAsync(Caller caller, OrderStore orders, List<TradeOrder> found, CancellationToken cancellationToken)
    {
        if (found.TrueForAll(order => order.OrderClass.Length == 0))
        {
            return found;
        }

        var legs = (await orders.ListLegsAsync(caller.UserId, [.. found.Select(order => order.Id)], cancellationToken)).ToLookup(leg => leg.ParentId);
        return found.ConvertAll(order => legs.Contains(order.Id) ? order with { Legs = [.. legs[order.Id]] } : order);
    }

    private static async Task<Results<Ok<TradeOrder>, ProblemHttpResult>> Replace(
        Guid id, ReplaceOrder request, Caller caller, OrderDesk desk, OrderStore orders, CancellationToken cancellationToken) =>
        await desk.ReplaceAsync(caller.UserId, id, request.ToTerms(), request.ClientOrderId, cancellationToken) switch
        {
            ReplaceOutcome.Replaced({ Facts.Leg: null } order) => TypedResults.Ok(TradeOrder.Of(order)),
            ReplaceOutcome.Replaced(var exit) => TypedResults.Ok(
                await orders.FindAsync(caller.UserId, exit.Id, cancellationToken) ?? throw new UnreachableException($"Order {exit.Id} was taken in and is not there.")),
            ReplaceOutcome.NameTaken => NameTaken(),
            ReplaceOutcome.Refused({ Code: "ORDER_EXECUTING" or "ORDER_HELD" } refusal) => Problems.Conflict(refusal.Code, refusal.Detail),
            ReplaceOutcome.Refused(var refusal) => Problems.Refused(refusal.Code, refusal.Detail),
            ReplaceOutcome.Unknown when await orders.FindAsync(caller.UserId, id, cancellationToken) is { } over => IsOver(over.Status),
            ReplaceOutcome.Unknown => NotFound(id),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> Cancel(
        Guid id, Caller caller, OrderCancels cancels, CancellationToken cancellationToken) =>
        await cancels.CancelAsync(caller.UserId, id, cancellationToken) switch
        {
            CancelOutcome.Asked => TypedResults.NoContent(),
            CancelOutcome.Unknown => NotFound(id),
            CancelOutcome.Over(var status) => IsOver(status),
            var unexpected => throw new UnreachableException($"{unexpected}"),
        };

    private static async Task<Ok<CanceledOrder[]>> CancelAll(Caller caller, OrderCancels cancels, CancellationToken cancellationToken) =>
        TypedResults.Ok((await cancels.CancelAllAsync(caller.UserId, cancellationToken)).Select(id => new CanceledOrder(id, StatusCodes.Status200OK)).ToArray());

    private static ProblemHttpResult NameTaken() => Problems.Of(
        StatusCodes.Status422UnprocessableEntity, "client-order-id-reused", "Used for another order",
        "This client_order_id names an earlier order with other terms. Use a new one for a new order.");

    private static ProblemHttpResult IsOver(string status) => Problems.Of(
        StatusCodes.Status422UnprocessableEntity, "order-is-over", "Too late", $"order is already in \"{status}\" state");

    private static ProblemHttpResult NotFound(Guid id) => Problems.NotFound("unknown-order", $"You have no order {id}.");
}

/// <summary>One order of those that were taken back together.</summary>
/// <param name="Id">The order.</param>
/// <param name="Status">200: it was taken back, or the broker was asked to give it back.</param>
public sealed record CanceledOrder(Guid Id, int Status);
