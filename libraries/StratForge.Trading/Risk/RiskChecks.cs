using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Risk;

/// <summary>Whether the limits allow an order.</summary>
public static class RiskChecks
{
    /// <summary>The first limit that an order would break, or null.</summary>
    /// <param name="terms">The order.</param>
    /// <param name="effect">What it would do to its position.</param>
    /// <param name="exposure">The account before it.</param>
    /// <param name="risk">What it is measured against.</param>
    public static Refusal? Check(OrderTerms terms, PositionEffect effect, Exposure exposure, RiskTerms risk)
    {
        _ = terms;
        _ = exposure;
        return risk.Mode switch
        {
            TradingMode.Paused => new Refusal("TRADING_PAUSED", "TRADING_PAUSED: new orders are not taken now"),
            TradingMode.ReduceOnly when effect == PositionEffect.Open => new Refusal("REDUCE_ONLY", "REDUCE_ONLY: only orders that make a position smaller are taken now"),
            _ => null,
        };
    }
}
