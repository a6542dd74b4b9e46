namespace StratForge.Gateway.Market;

/// <summary>The newest price known of one symbol.</summary>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="Price">Quote currency per unit: the middle of the quote, or the close of the last bar. Greater than zero.</param>
/// <param name="At">The market's time of it, UTC. For a bar: its end.</param>
/// <param name="BidPrice">Best bid, if a quote is known.</param>
/// <param name="AskPrice">Best offer, if a quote is known.</param>
internal sealed record LastPrice(
    string Symbol, decimal Price, DateTimeOffset At, decimal? BidPrice = null, decimal? AskPrice = null);
