namespace StratForge.Trading.Brokerage;

/// <summary>Where the market of a symbol is.</summary>
/// <param name="Last">Last price, USD.</param>
/// <param name="Bid">Best bid, if a quote is known.</param>
/// <param name="Ask">Best offer, if a quote is known.</param>
/// <param name="At">On the market's clock.</param>
/// <param name="IsFresh">Whether the quote was heard just now, so that two users may meet at its middle.</param>
public sealed record MarketView(decimal Last, decimal? Bid, decimal? Ask, DateTimeOffset At, bool IsFresh)
{
    /// <summary>What a purchase has to pay, as far as is known, USD.</summary>
    public decimal Offer => Ask ?? Last;

    /// <summary>What a sale gets, as far as is known, USD.</summary>
    public decimal Demand => Bid ?? Last;
}
