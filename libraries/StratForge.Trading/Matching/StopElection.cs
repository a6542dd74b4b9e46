using StratForge.Contracts.Orders;

namespace StratForge.Trading.Matching;

/// <summary>When a stop order comes to life, and what it is from then on.</summary>
/// <remarks>Source: Alpaca's description of its stop orders. A stop-limit order keeps its own limit instead.</remarks>
public static class StopElection
{
    private const decimal CheapStop = 50m;
    private const decimal CollarOfCheap = 1.04m;
    private const decimal Collar = 1.025m;

    /// <summary>Whether a trade at <paramref name="last"/> elects the order.</summary>
    /// <param name="side">Direction of the order.</param>
    /// <param name="stopPrice">Where it waits. Greater than zero.</param>
    /// <param name="last">Price of the trade.</param>
    /// <returns>For a buy when the price is at the stop or above it, for a sale when it is at the stop or below.</returns>
    public static bool IsElected(Side side, decimal stopPrice, decimal last) => side == Side.Buy ? last >= stopPrice : last <= stopPrice;

    /// <summary>The worst price at which an elected stop order trades.</summary>
    /// <param name="side">Direction of the order.</param>
    /// <param name="stopPrice">Where it waited.</param>
    /// <param name="tick">Smallest price step; the limit is rounded down to it.</param>
    /// <returns>For a buy 4 % above a stop below $50 and 2.5 % above any other; null for a sale, which becomes a market order.</returns>
    public static decimal? LimitOf(Side side, decimal stopPrice, decimal tick) =>
        side == Side.Sell ? null : decimal.Floor(stopPrice * (stopPrice < CheapStop ? CollarOfCheap : Collar) / tick) * tick;
}
