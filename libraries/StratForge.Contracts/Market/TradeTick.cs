namespace StratForge.Contracts.Market;

/// <summary>One trade on the bus.</summary>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="Price">Quote currency per unit. Greater than zero.</param>
/// <param name="Size">Units traded. Greater than zero.</param>
/// <param name="Timestamp">When the venue says it happened, UTC.</param>
/// <param name="TickType">Always <c>trade</c>.</param>
public sealed record TradeTick(
    string Symbol, decimal Price, decimal Size, DateTimeOffset Timestamp, string TickType = "trade");
