using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Where prices may lie: on the increment, on the right side of the market, and exits around their entry.</summary>
internal static class PriceRules
{
    // The least distance of an exit from what it is measured against, dollars.
    private const decimal LeastDistance = 0.01m;

    public static Refusal? Check(OrderRequest request, OrderContext context) =>
        CheckIncrements(request, context.Instrument) ?? CheckStop(request, context) ?? CheckExits(request, context);

    /// <summary>Whether the take-profit lies beyond the stop-loss, seen from exits of a side.</summary>
    public static Refusal? CheckOrderOfExits(decimal? profit, decimal? loss, Side exitSide) =>
        (exitSide == Side.Sell ? profit <= loss : profit >= loss)
            ? Refusals.Rule($"take_profit.limit_price must be {(exitSide == Side.Sell ? ">" : "<")} stop_loss.stop_price")
            : null;

    /// <summary>Whether every price lies on the instrument's increment.</summary>
    public static Refusal? CheckIncrements(OrderRequest request, Instrument instrument) =>
        CheckIncrement(request.Class == OrderClass.Oco ? "take_profit.limit_price" : "limit_price", request.LimitPrice, instrument)
        ?? CheckIncrement("stop_price", request.StopPrice, instrument)
        ?? CheckIncrement("take_profit.limit_price", request.TakeProfit, instrument)
        ?? CheckIncrement("stop_loss.stop_price", request.StopLoss, instrument)
        ?? CheckIncrement("stop_loss.limit_price", request.StopLossLimit, instrument);

    private static Refusal? CheckIncrement(string field, decimal? price, Instrument instrument)
    {
        if (price is not { } value)
        {
            return null;
        }

        if (instrument.IsCrypto)
        {
            return value % instrument.Tick == 0m ? null
                : Refusals.Rule($"invalid {field} {Wire.Text(value)}. price must be a multiple of {Wire.Text(instrument.Tick)}");
        }

        return Decimals.Of(value) > (value >= 1m ? 2 : 4)
            ? Refusals.Rule($"invalid {field} {Wire.Text(value)}. sub-penny increment does not fulfill minimum pricing criteria")
            : null;
    }

    /// <summary>Whether a stop lies on its side of the market.</summary>
    public static Refusal? CheckStop(OrderRequest request, OrderContext context)
    {
        if (request.Side == Side.Sell && request.TrailPrice >= context.Last)
        {
            return Refusals.Rule("trail_price must be less than current price", ("market_price", Wire.Text(context.Last)));
        }

        // A stop that was reached has done its part; what replaces it may keep it.
        if (request.StopPrice is not { } stop || context.Replaces is { ElectedAt: not null })
        {
            return null;
        }

        var stands = request.Side == Side.Sell ? stop < context.Last : stop > context.Last;
        return stands ? null : Refusals.Rule(
            $"stop price must be {(request.Side == Side.Sell ? "less" : "greater")} than current price",
            ("market_price", Wire.Text(context.Last)),
            ("stop_price", Wire.Text(stop)));
    }

    /// <summary>Whether the exits of a group lie around its entry and the market.</summary>
    public static Refusal? CheckExits(OrderRequest request, OrderContext context)
    {
        if (request.Class == OrderClass.Simple)
        {
            return null;
        }

        // An exit that sells takes its profit above and its loss below; one that buys, the other way round.
        var sells = request.Class == OrderClass.Oco ? request.Side == Side.Sell : request.Side == Side.Buy;
        if (CheckOrderOfExits(request.TakeProfit, request.StopLoss, sells ? Side.Sell : Side.Buy) is { } refusal)
        {
            return refusal;
        }

        if (request.Class == OrderClass.Oco)
        {
            return CheckLoss(request.StopLoss, request.LimitPrice.GetValueOrDefault(), sells) ?? CheckLoss(request.StopLoss, context.Last, sells);
        }

        var entry = request.LimitPrice ?? request.StopPrice ?? context.Last;
        return CheckProfit(request.TakeProfit, entry, sells)
            ?? CheckLoss(request.StopLoss, entry, sells)
            ?? CheckProfit(request.TakeProfit, context.Last, sells)
            ?? CheckLoss(request.StopLoss, context.Last, sells);
    }

    private static Refusal? CheckProfit(decimal? profit, decimal basePrice, bool sells) =>
        profit is null || (sells ? profit >= basePrice + LeastDistance : profit <= basePrice - LeastDistance) ? null
            : Refusals.Rule($"take_profit.limit_price must be {(sells ? ">= base_price + 0.01" : "<= base_price - 0.01")}", ("base_price", Wire.Text(basePrice)));

    private static Refusal? CheckLoss(decimal? loss, decimal basePrice, bool sells) =>
        loss is null || (sells ? loss <= basePrice - LeastDistance : loss >= basePrice + LeastDistance) ? null
            : Refusals.Rule($"stop_loss.stop_price must be {(sells ? "<= base_price - 0.01" : ">= base_price + 0.01")}", ("base_price", Wire.Text(basePrice)));
}
