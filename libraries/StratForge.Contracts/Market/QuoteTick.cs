namespace StratForge.Contracts.Market;

/// <summary>The best bid and offer of one symbol on the bus.</summary>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="BidPrice">Best bid, quote currency per unit.</param>
/// <param name="BidSize">Units bid for.</param>
/// <param name="AskPrice">Best offer, quote currency per unit.</param>
/// <param name="AskSize">Units offered.</param>
/// <param name="Timestamp">When the venue says it was so, UTC.</param>
/// <param name="TickType">Always <c>quote</c>.</param>
public sealed record QuoteTick(
    string Symbol,
    decimal BidPrice,
    decimal BidSize,
    decimal AskPrice,
    decimal AskSize,
    DateTimeOffset Timestamp,
    string TickType = "quote");
