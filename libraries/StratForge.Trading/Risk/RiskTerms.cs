using StratForge.Trading.Orders;

namespace StratForge.Trading.Risk;

/// <summary>What an order is measured against: the limits that hold for its owner, and where the market is.</summary>
/// <param name="Limits">The tighter of the owner's and the house's, limit by limit.</param>
/// <param name="Mode">The strictest switch that concerns the order.</param>
/// <param name="Price">What a unit is worth now, USD; null when unknown.</param>
/// <param name="PriceAge">How long ago that was heard.</param>
/// <param name="DayPnl">What the owner's account gained since the market's day began, USD; below zero for a loss.</param>
public sealed record RiskTerms(RiskLimits Limits, TradingMode Mode, decimal? Price, TimeSpan? PriceAge, decimal DayPnl);

/// <summary>What an account has at stake before an order.</summary>
/// <param name="Held">Units of the symbol over all of its positions; below zero when they are owed.</param>
/// <param name="Incoming">Units that open orders of the account may still add in the order's direction.</param>
/// <param name="OpenOrders">Open orders of the account.</param>
/// <param name="OrdersLastMinute">Orders it placed in the last minute.</param>
public readonly record struct Exposure(decimal Held, decimal Incoming, int OpenOrders, int OrdersLastMinute);

/// <summary>How far trading is allowed at all.</summary>
public enum TradingMode
{
    /// <summary>As the limits say.</summary>
    Normal,

    /// <summary>Only what makes a position smaller.</summary>
    ReduceOnly,

    /// <summary>Nothing.</summary>
    Paused,
}
