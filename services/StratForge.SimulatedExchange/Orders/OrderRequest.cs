using System.Text.Json;
using StratForge.Contracts.Orders;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>A well-formed request for an order of a kind this exchange trades.</summary>
internal sealed record OrderRequest(
    string Symbol,
    decimal? Quantity,
    decimal? Notional,
    Side Side,
    OrderType Type,
    TimeInForce TimeInForce,
    decimal? LimitPrice,
    bool ExtendedHours,
    string? ClientOrderId)
{
    private const int LongestClientOrderId = 128;

    /// <summary>Reads a body: its shape, its fields, and the rules that need no market to be checked.</summary>
    /// <returns>The request, or the refusal Alpaca would answer with.</returns>
    public static (OrderRequest? Request, Refusal? Refusal) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (null, Refusals.Malformed);
        }

        var fields = new RequestFields(body);
        var quantity = fields.Number("qty");
        var notional = fields.Number("notional");
        var limit = fields.Number("limit_price");
        if (fields.Malformed)
        {
            return (null, Refusals.Malformed);
        }

        var symbol = fields.Text("symbol");
        var side = fields.Text("side");
        var type = fields.Text("type");
        var timeInForce = fields.Text("time_in_force");
        var orderClass = fields.Text("order_class");
        var clientOrderId = fields.Text("client_order_id");
        var refusal =
            symbol is null ? Refusals.Parameter("symbol is required")
            : side is not ("buy" or "sell") ? Refusals.Parameter(side is null ? "side is required" : "invalid side")
            : type is null ? Refusals.Parameter("type is required")
            : type is "stop" or "stop_limit" or "trailing_stop" ? Refusals.Rule($"order type {type} is not supported by this venue")
            : type is not ("market" or "limit") ? Refusals.Parameter("invalid order type")
            : timeInForce is null ? Refusals.Parameter("time_in_force is required")
            : timeInForce is "opg" or "cls" ? Refusals.Rule($"time_in_force {timeInForce} is not supported by this venue")
            : timeInForce is not ("day" or "gtc" or "ioc" or "fok") ? Refusals.Parameter("invalid time_in_force")
            : orderClass is "bracket" or "oco" or "oto" or "mleg" ? Refusals.Rule($"order_class {orderClass} is not supported by this venue")
            : orderClass is not (null or "simple") ? Refusals.Parameter("invalid order_class")
            : quantity is null && notional is null ? Refusals.Parameter("qty or notional is required")
            : quantity is not null && notional is not null ? Refusals.Parameter("only one of qty or notional is accepted")
            : quantity <= 0m ? Refusals.Parameter("qty must be > 0")
            : notional <= 0m ? Refusals.Parameter("notional must be > 0")
            : Decimals.Of(quantity ?? 0m) > 9 ? Refusals.Parameter("qty must be limited to 9 decimal places")
            : Decimals.Of(notional ?? 0m) > 9 ? Refusals.Parameter("notional must be limited to 9 decimal places")
            : clientOrderId is { Length: > LongestClientOrderId } ? Refusals.Parameter("client_order_id must be no more than 128 characters")
            : type == "market" && (limit is not null || fields.Has("stop_price")) ? Refusals.Parameter("market orders require no stop or limit price")
            : type == "market" && (fields.Has("trail_price") || fields.Has("trail_percent")) ? Refusals.Parameter("market orders must not have trail_price")
            : type == "limit" && limit is null ? Refusals.Parameter("limit orders require a limit price")
            : type == "limit" && fields.Has("stop_price") ? Refusals.Parameter("limit orders require no stop price")
            : limit <= 0m ? Refusals.Parameter("limit price must be > 0")
            : null;
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var request = new OrderRequest(
            symbol!,
            quantity,
            notional,
            side == "buy" ? Side.Buy : Side.Sell,
            type == "market" ? OrderType.Market : OrderType.Limit,
            TimesInForce.Parse(timeInForce!),
            limit,
            fields.Flag("extended_hours"),
            clientOrderId);
        return (request, null);
    }
}
