using StratForge.Contracts.Orders;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>
/// An account may not trade with itself: a new order that could meet an open one of the other side is refused. Complex orders and trailing stops are
/// exempt, new or open.
/// </summary>
internal static class WashTrade
{
    /// <summary>The reason to refuse, or null when the two could never meet.</summary>
    /// <param name="resting">An open order of the same symbol.</param>
    /// <param name="side">Side of the new order.</param>
    /// <param name="limitPrice">Its limit; null for a market or stop order.</param>
    public static string? Between(Order resting, Side side, decimal? limitPrice)
    {
        if (resting.Side == side || resting.Class != OrderClass.Simple || resting.Type == OrderType.TrailingStop)
        {
            return null;
        }

        if (resting.LimitPrice is not { } restingLimit)
        {
            return "opposite side market/stop order exists";
        }

        var meets = limitPrice is not { } limit || (side == Side.Buy ? limit >= restingLimit : restingLimit >= limit);
        return meets ? "opposite side limit order exists" : null;
    }
}
