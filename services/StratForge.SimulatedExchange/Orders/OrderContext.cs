using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Market;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Everything a new order is judged by.</summary>
/// <param name="Instrument">What it trades.</param>
/// <param name="Last">Its last price.</param>
/// <param name="Quote">Where that stands.</param>
/// <param name="Book">The account.</param>
/// <param name="Figures">Its worth and power now, including what a replaced order would give back.</param>
/// <param name="CryptoOrderLimit">Dollars one crypto order may be worth at most.</param>
/// <param name="Replaces">The order it would replace, whose holds do not count.</param>
internal sealed record OrderContext(
    Instrument Instrument, decimal Last, TopOfBook Quote, AccountBook Book, AccountFigures Figures, decimal CryptoOrderLimit, Order? Replaces = null)
{
    /// <summary>Whether the order has to wait for its session.</summary>
    public bool Waits { get; init; }

    /// <summary>Whether the auction that the order is for, if it is for one, still takes orders.</summary>
    public bool TakesAuctionOrders { get; init; } = true;

    /// <summary>Whether a part of one unit can be traded.</summary>
    public bool Fractionable { get; init; } = true;
}
