using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Orders;

/// <summary><c>/v2/orders</c>.</summary>
internal static class OrderEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v2/orders", SubmitAsync);
        routes.MapGet("/v2/orders", ListAsync);
        routes.MapDelete("/v2/orders", CancelAllAsync);
        routes.MapGet("/v2/orders:by_client_order_id", FindByClientOrderIdAsync);
        routes.MapGet("/v2/orders/{id}", FindAsync);
        routes.MapPatch("/v2/orders/{id}", ReplaceAsync);
        routes.MapDelete("/v2/orders/{id}", CancelAsync);
    }

    private static async Task SubmitAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        var (request, refusal) = body is null ? (null, Refusals.Malformed) : OrderRequest.Read(body.RootElement);
        if (request is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        await AnswerAsync(context, Desk(context).Submit(request));
    }

    private static async Task ListAsync(HttpContext context)
    {
        var floor = Floor(context);
        var (filter, refusal) = OrderFilter.Read(context.Request.Query);
        if (filter is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        (var orders, refusal) = floor.Ask(view => filter.Select(view.Book, floor.Prices));
        if (orders is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var (order, legs) in orders)
            {
                OrderJson.Write(json, order, floor.Prices.Find(order.Symbol)!, legs);
            }

            json.WriteEndArray();
        });
    }

    private static Task FindAsync(HttpContext context)
    {
        if (!Guid.TryParse((string?)context.Request.RouteValues["id"], out var id))
        {
            return Answers.RefuseAsync(context, Refusals.OrderIdMissing);
        }

        return AnswerAsync(context, book => book.Find(id), id.ToString());
    }

    private static Task FindByClientOrderIdAsync(HttpContext context)
    {
        var id = context.Request.Query["client_order_id"].ToString();
        return AnswerAsync(context, book => book.FindByClientOrderId(id), id);
    }

    private static async Task ReplaceAsync(HttpContext context)
    {
        if (!Guid.TryParse((string?)context.Request.RouteValues["id"], out var id))
        {
            await Answers.RefuseAsync(context, Refusals.OrderIdMissing);
            return;
        }

        using var body = await Answers.ReadAsync(context);
        var (change, refusal) = body is null ? (null, Refusals.Malformed) : OrderChange.Read(body.RootElement);
        if (change is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        await AnswerAsync(context, Desk(context).Replace(id, change));
    }

    private static async Task CancelAsync(HttpContext context)
    {
        if (!Guid.TryParse((string?)context.Request.RouteValues["id"], out var id))
        {
            await Answers.RefuseAsync(context, Refusals.OrderIdMissing);
            return;
        }

        if (Desk(context).Cancel(id) is OrderOutcome.Refused(var refusal))
        {
            await Answers.RefuseAsync(context, refusal);
            return;
        }

        await Answers.NoContentAsync(context);
    }

    private static Task CancelAllAsync(HttpContext context)
    {
        var canceled = Desk(context).CancelAll();
        return Answers.WriteAsync(context, StatusCodes.Status207MultiStatus, json =>
        {
            json.WriteStartArray();
            foreach (var order in canceled)
            {
                json.WriteStartObject();
                json.WriteString("id", order.Id);
                json.WriteNumber("status", StatusCodes.Status200OK);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static Task AnswerAsync(HttpContext context, Func<AccountBook, Order?> find, string soughtId)
    {
        var nested = OrderFilter.IsNested(context.Request.Query);
        return AnswerAsync(context, Floor(context).Ask<OrderOutcome>(view => find(view.Book) is { } order
            ? new OrderOutcome.Done(order, nested && order.HasLegs ? view.Book.LegsOf(order.Id) : null)
            : new OrderOutcome.Refused(Refusals.NotFound($"order not found for {soughtId}"))));
    }

    public static Task AnswerAsync(HttpContext context, OrderOutcome outcome) => outcome switch
    {
        OrderOutcome.Refused(var refusal) => Answers.RefuseAsync(context, refusal),
        OrderOutcome.Done(var order, var legs) => Answers.WriteAsync(
            context, json => OrderJson.Write(json, order, Floor(context).Prices.Find(order.Symbol)!, legs)),
        _ => throw new System.Diagnostics.UnreachableException($"{outcome}"),
    };

    private static TradingFloor Floor(HttpContext context) => context.RequestServices.GetRequiredService<TradingFloor>();

    private static OrderDesk Desk(HttpContext context) => context.RequestServices.GetRequiredService<OrderDesk>();
}
