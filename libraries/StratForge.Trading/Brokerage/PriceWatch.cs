namespace StratForge.Trading.Brokerage;

/// <summary>What the market of a symbol has to do before anything in its book can move on. Immutable: any thread may ask it.</summary>
/// <param name="IsRestless">Something may move on with every price: an order is ready to go, or is at the broker.</param>
/// <param name="BuyLimit">Highest limit of the purchases that rest, USD; an offer at or below it reaches them.</param>
/// <param name="SellLimit">Lowest limit of the sales that rest; a bid at or above it reaches them.</param>
/// <param name="BuyStop">Lowest stop of the purchases; a price at or above it reaches them.</param>
/// <param name="SellStop">Highest stop of the sales; a price at or below it reaches them.</param>
/// <param name="BuyWater">Highest of the best prices that trailing purchases have seen; one below it moves their stop.</param>
/// <param name="SellWater">Lowest of the best prices that trailing sales have seen; one above it moves their stop.</param>
/// <param name="ExpiresAt">When the first order's time runs out, on the market's clock.</param>
public sealed record PriceWatch(
    bool IsRestless, decimal? BuyLimit, decimal? SellLimit, decimal? BuyStop, decimal? SellStop, decimal? BuyWater, decimal? SellWater,
    DateTimeOffset? ExpiresAt)
{
    /// <summary>Whether something may move on where the market is now. Comparisons with what is absent are false.</summary>
    /// <param name="market">Where it is.</param>
    public bool IsMovedBy(MarketView market)
    {
        ArgumentNullException.ThrowIfNull(market);
        return IsRestless
            || market.At >= ExpiresAt
            || (market.IsFresh && (BuyLimit >= market.Offer || SellLimit <= market.Demand))
            || market.Last >= BuyStop || market.Last <= SellStop
            || market.Last < BuyWater || market.Last > SellWater;
    }
}
