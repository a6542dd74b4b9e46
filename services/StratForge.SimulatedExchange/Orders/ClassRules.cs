using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Which types, classes, times in force and fractions go together, for stocks and for crypto.</summary>
internal static class ClassRules
{
    private const decimal LeastNotional = 1m;

    public static Refusal? Check(OrderRequest request, OrderContext context) =>
        context.Instrument.IsCrypto ? CheckCrypto(request) : CheckStock(request, context.Instrument, context.Fractionable);

    /// <summary>Whether an order may need less than a whole share.</summary>
    public static bool IsFractional(OrderRequest request) =>
        request.Notional is not null || request.Quantity != decimal.Truncate(request.Quantity.GetValueOrDefault());

    private static Refusal? CheckCrypto(OrderRequest request) =>
        request.Class != OrderClass.Simple
            ? Refusals.Rule($"crypto orders not allowed for advanced order_class: {(request.Class == OrderClass.Bracket ? "otoco" : Wire.Text(request.Class))}")
        : request.Type is OrderType.Stop or OrderType.TrailingStop ? Refusals.Rule("invalid order type for crypto order")
        : request.TimeInForce is TimeInForce.Day or TimeInForce.Fok or TimeInForce.Opg or TimeInForce.Cls || (request.Type == OrderType.StopLimit && request.TimeInForce != TimeInForce.Gtc)
            ? Refusals.Rule("invalid crypto time_in_force")
        : request.ExtendedHours ? Refusals.Rule("extended hours is not supported for crypto orders")
        : null;

    private static Refusal? CheckStock(OrderRequest request, Instrument instrument, bool fractionable)
    {
        var lasts = request.TimeInForce is TimeInForce.Day or TimeInForce.Gtc;
        var isSimple = request.Class == OrderClass.Simple;
        if (IsFractional(request))
        {
            var refusal =
                !isSimple ? Refusals.Rule("fractional orders must be simple orders")
                : request.TimeInForce != TimeInForce.Day ? Refusals.Rule("fractional orders must be DAY orders")
                : request.Type == OrderType.TrailingStop ? Refusals.Rule("fractional orders must be market, limit, stop or stop_limit orders")
                : !fractionable ? Refusals.Forbidden($"asset \"{instrument.Symbol}\" is not fractionable")
                : request.Notional < LeastNotional ? Refusals.Rule("notional must be >= 1.00")
                : null;
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return request.ExtendedHours && (request.Type != OrderType.Limit || !lasts || !isSimple) ? Refusals.Rule("extended hours order must be DAY or GTC limit orders")
            : !isSimple && !lasts ? Refusals.Rule($"{Wire.Text(request.Class)} orders must be DAY or GTC orders")
            : request.Type is OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop && !lasts
                ? Refusals.Rule($"{Wire.Text(request.Type)} orders must be DAY or GTC orders")
            : null;
    }
}
