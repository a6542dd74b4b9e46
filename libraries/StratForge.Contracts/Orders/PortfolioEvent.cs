namespace StratForge.Contracts.Orders;

/// <summary>Something that happened to a user's portfolio as a whole.</summary>
/// <param name="Reason"><c>reset</c>: the account began anew, without positions; <c>fee</c> or <c>dividend</c>: the venue took or paid something.</param>
/// <param name="Cash">The user's cash that is free to spend afterwards, USD.</param>
public sealed record PortfolioEvent(string Reason, decimal Cash);
