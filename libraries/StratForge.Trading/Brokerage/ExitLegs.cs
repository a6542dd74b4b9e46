using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>What an entry leaves behind once it is filled: one or two orders that close it, of which one cancels the other.</summary>
/// <param name="TakeProfit">Limit of the one that takes the profit, USD.</param>
/// <param name="Stop">Stop of the one that limits the loss, USD.</param>
/// <param name="StopLimit">Limit of the latter once its stop is reached; null for a market order.</param>
public sealed record ExitLegs(decimal? TakeProfit, decimal? Stop, decimal? StopLimit)
{
    /// <summary>The orders that come of it, by what they are: <see cref="ExitLeg"/>.</summary>
    /// <param name="parent">The entry, or the exit that takes the profit itself.</param>
    /// <param name="exitsOnly">It is the latter: its stop is the only order besides.</param>
    public IEnumerable<(string Leg, OrderTerms Terms)> OrdersOf(OrderTerms parent, bool exitsOnly)
    {
        ArgumentNullException.ThrowIfNull(parent);
        var side = exitsOnly ? parent.Side : parent.Side == Side.Buy ? Side.Sell : Side.Buy;
        if (TakeProfit is { } limit && !exitsOnly)
        {
            yield return (ExitLeg.TakeProfit, new OrderTerms(parent.Symbol, side, parent.Quantity, OrderType.Limit, parent.TimeInForce, limit));
        }

        if (Stop is { } stop)
        {
            yield return (
                ExitLeg.StopLoss,
                new OrderTerms(
                    parent.Symbol, side, parent.Quantity, StopLimit is null ? OrderType.Stop : OrderType.StopLimit, parent.TimeInForce, StopLimit, stop));
        }
    }
}
