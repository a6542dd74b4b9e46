using System.Text.Json;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>What a client wants different about an open order.</summary>
/// <param name="Quantity">Units in all, those already filled included.</param>
/// <param name="TimeInForce">How long it lasts.</param>
/// <param name="LimitPrice">Of limit and stop-limit orders.</param>
/// <param name="StopPrice">Of stop and stop-limit orders.</param>
/// <param name="Trail">Distance of a trailing stop, in the unit in which it was given.</param>
/// <param name="ClientOrderId">Of the new order.</param>
internal sealed record OrderChange(
    decimal? Quantity, TimeInForce? TimeInForce, decimal? LimitPrice, decimal? StopPrice, decimal? Trail, string? ClientOrderId)
{
    public static readonly Refusal NotSentYet = Refusals.Parameter("unable to replace order, order isn't sent to exchange yet");

    /// <summary>Reads a body; fields it does not know are ignored.</summary>
    public static (OrderChange? Change, Refusal? Refusal) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (null, Refusals.Malformed);
        }

        var fields = new RequestFields(body);
        var change = new OrderChange(
            fields.Number("qty"), null, fields.Number("limit_price"), fields.Number("stop_price"), fields.Number("trail"), fields.Text("client_order_id"));
        return (change, fields.Text("time_in_force")) switch
        {
            _ when fields.Malformed => (null, Refusals.Malformed),
            _ when OrderForm.FlawOfId(change.ClientOrderId) is { } flaw => (null, flaw),
            (_, null) => (change, null),
            (_, ("day" or "gtc" or "ioc" or "fok") and var text) => (change with { TimeInForce = TimesInForce.Parse(text) }, null),
            _ => (null, Refusals.Parameter("invalid time_in_force")),
        };
    }

    /// <summary>The order that would take the old one's place, or why it cannot. Legs are not part of it.</summary>
    public (OrderRequest? Request, Refusal? Refusal) ApplyTo(Order order)
    {
        if ((FlawOfState(order) ?? FlawOfPrices(order) ?? FlawOfQuantity(order)) is { } refusal)
        {
            return (null, refusal);
        }

        // The new order is for what the old one has not filled yet.
        var byPrice = order.TrailPrice is not null;
        var request = new OrderRequest(
            order.Symbol,
            (Quantity ?? order.Quantity) - order.FilledQuantity,
            null,
            order.Side,
            order.Type,
            TimeInForce ?? order.TimeInForce,
            LimitPrice ?? order.LimitPrice,
            order.ExtendedHours,
            ClientOrderId)
        {
            // A trailing stop finds its stop again from its best price.
            StopPrice = order.Type == OrderType.TrailingStop ? null : StopPrice ?? order.StopPrice,
            TrailPrice = byPrice ? Trail ?? order.TrailPrice : null,
            TrailPercent = byPrice ? null : Trail ?? order.TrailPercent,
        };
        return (request, null);
    }

    private static Refusal? FlawOfState(Order order) =>
        order.Status is OrderStatus.Accepted or OrderStatus.PendingNew ? NotSentYet
        : !order.IsOpen ? Refusals.Parameter("unable to replace order, order is not open")
        : order.Quantity is null ? Refusals.Rule("notional orders cannot be replaced")
        : null;

    private Refusal? FlawOfPrices(Order order) =>
        LimitPrice is not null && order.Type is OrderType.Market ? Refusals.Parameter("market orders require no stop or limit price")
        : LimitPrice is not null && order.Type is OrderType.Stop ? Refusals.Parameter("stop orders require no limit price")
        : (LimitPrice ?? StopPrice) is not null && order.Type is OrderType.TrailingStop
            ? Refusals.Parameter("trailing stop orders require no stop or limit price")
        : (StopPrice is not null && order.Type is not (OrderType.Stop or OrderType.StopLimit)) || (Trail is not null && order.Type != OrderType.TrailingStop)
            ? Refusals.Parameter("only stop and trailing stop orders have a stop price or a trail")
        : LimitPrice <= 0m ? Refusals.Parameter("limit price must be > 0")
        : StopPrice <= 0m ? Refusals.Parameter("stop price must be > 0")
        : Trail <= 0m ? Refusals.Parameter("trail must be > 0")
        : order.TrailPercent is not null && Trail is (< OrderForm.LeastTrailPercent or >= OrderForm.MostTrailPercent)
            ? Refusals.Parameter("trail_percent must be greater than or equal to 0.1 and less than 100")
        : StopPrice is not null && StopPrice != order.StopPrice && order.ElectedAt is not null
            ? Refusals.Rule("stop price cannot be changed once it was reached")
        : null;

    private Refusal? FlawOfQuantity(Order order) =>
        Quantity is { } wanted && wanted != order.Quantity && (IsFractional(order.Quantity.GetValueOrDefault()) || IsFractional(wanted))
            ? Refusals.Rule("qty of fractional orders cannot be changed")
        : Quantity <= order.FilledQuantity ? Refusals.Rule("qty must be > filled_qty")
        : (Quantity ?? order.Quantity) == order.Quantity
            && (TimeInForce ?? order.TimeInForce) == order.TimeInForce
            && (LimitPrice ?? order.LimitPrice) == order.LimitPrice
            && (StopPrice ?? order.StopPrice) == order.StopPrice
            && (Trail is null || Trail == (order.TrailPrice ?? order.TrailPercent))
            ? Refusals.Rule("order parameters are not changed")
        : null;

    private static bool IsFractional(decimal quantity) => quantity != decimal.Truncate(quantity);
}
