namespace StratForge.Trading.Brokerage;

/// <summary>What became of an order at intake.</summary>
/// <param name="Status"><c>ACCEPTED</c>, <c>REJECTED</c>, <c>RECORDED</c>, <c>FENCED</c> or <c>CONFLICT</c>.</param>
/// <param name="IsNew">False for a repeat: then this is the stored answer.</param>
/// <param name="OrderId">The order, if there is one.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Detail">The same with figures.</param>
/// <param name="Balance">The owner's free cash afterwards, USD; null when the owner is unknown.</param>
/// <param name="Order">The order as it was taken in; null for a repeat.</param>
public sealed record IntakeAnswer(
    string Status, bool IsNew, Guid? OrderId, string? Code, string? Detail, decimal? Balance, Order? Order = null);
