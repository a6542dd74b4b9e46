using System.Text.Json;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>What a client wants different about an open order.</summary>
internal sealed record OrderChange(decimal? Quantity, TimeInForce? TimeInForce, decimal? LimitPrice, string? ClientOrderId)
{
    /// <summary>Reads a body; fields it does not know are ignored.</summary>
    public static (OrderChange? Change, Refusal? Refusal) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (null, Refusals.Malformed);
        }

        var fields = new RequestFields(body);
        var change = new OrderChange(fields.Number("qty"), null, fields.Number("limit_price"), fields.Text("client_order_id"));
        return (change, fields.Text("time_in_force")) switch
        {
            _ when fields.Malformed => (null, Refusals.Malformed),
            _ when fields.Has("stop_price") || fields.Has("trail") => (null, Refusals.Parameter("only stop and trailing stop orders have a stop price or a trail")),
            (_, null) => (change, null),
            (_, ("day" or "gtc" or "ioc" or "fok") and var text) => (change with { TimeInForce = TimesInForce.Parse(text) }, null),
            _ => (null, Refusals.Parameter("invalid time_in_force")),
        };
    }

    /// <summary>The order that would take the old one's place, or why it cannot.</summary>
    public (OrderRequest? Request, Refusal? Refusal) ApplyTo(Order order)
    {
        var refusal =
            order.Status is OrderStatus.Accepted or OrderStatus.PendingNew ? Refusals.Parameter("unable to replace order, order isn't sent to exchange yet")
            : !order.IsOpen ? Refusals.Parameter("unable to replace order, order is not open")
            : order.Quantity is not { } quantity ? Refusals.Rule("notional orders cannot be replaced")
            : Quantity is not null && Quantity != quantity && (IsFractional(quantity) || IsFractional(Quantity.Value))
                ? Refusals.Rule("qty of fractional orders cannot be changed")
            : Quantity <= order.FilledQuantity ? Refusals.Rule("qty must be > filled_qty")
            : LimitPrice <= 0m ? Refusals.Parameter("limit price must be > 0")
            : LimitPrice is not null && order.Type == OrderType.Market ? Refusals.Parameter("market orders require no stop or limit price")
            : (Quantity ?? quantity) == quantity && (TimeInForce ?? order.TimeInForce) == order.TimeInForce && (LimitPrice ?? order.LimitPrice) == order.LimitPrice
                ? Refusals.Rule("order parameters are not changed")
            : null;
        if (refusal is not null)
        {
            return (null, refusal);
        }

        // The new order is for what the old one has not filled yet.
        var request = new OrderRequest(
            order.Symbol,
            (Quantity ?? order.Quantity) - order.FilledQuantity,
            null,
            order.Side,
            order.Type,
            TimeInForce ?? order.TimeInForce,
            LimitPrice ?? order.LimitPrice,
            order.ExtendedHours,
            ClientOrderId);
        return (request, null);
    }

    private static bool IsFractional(decimal quantity) => quantity != decimal.Truncate(quantity);
}
