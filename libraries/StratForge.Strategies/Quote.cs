namespace StratForge.Strategies;

/// <summary>The best bid and offer of the market.</summary>
/// <param name="Symbol">Ticker as the venue spells it.</param>
/// <param name="AtMs">When it was so, milliseconds since 1970 UTC.</param>
/// <param name="Bid">Best bid, quote currency per unit.</param>
/// <param name="BidSize">Units bid for.</param>
/// <param name="Ask">Best offer, quote currency per unit.</param>
/// <param name="AskSize">Units offered.</param>
public readonly record struct Quote(string Symbol, long AtMs, double Bid, double BidSize, double Ask, double AskSize)
{
    /// <summary>When it was so, UTC.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtMs);
}
