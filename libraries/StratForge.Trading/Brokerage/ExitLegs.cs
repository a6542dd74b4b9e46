namespace StratForge.Trading.Brokerage;

/// <summary>What an entry leaves behind once it is filled: one or two orders that close it, of which one cancels the other.</summary>
/// <param name="TakeProfit">Limit of the one that takes the profit, USD.</param>
/// <param name="Stop">Stop of the one that limits the loss, USD.</param>
/// <param name="StopLimit">Limit of the latter once its stop is reached; null for a market order.</param>
public sealed record ExitLegs(decimal? TakeProfit, decimal? Stop, decimal? StopLimit);
