namespace StratForge.Strategies;

/// <summary>Something happened to an order of this session.</summary>
/// <param name="OrderId">The platform's id of the order.</param>
/// <param name="Action">Its direction.</param>
/// <param name="Status"><c>accepted</c>, <c>new</c>, <c>partially_filled</c>, <c>filled</c>, <c>canceled</c>, <c>expired</c> or <c>rejected</c>.</param>
/// <param name="Quantity">Units ordered.</param>
/// <param name="FilledQuantity">Units filled so far.</param>
/// <param name="AverageFillPrice">Null until something filled.</param>
/// <param name="Reason">Why it was refused or ended early, as a code: <c>INSUFFICIENT_FUNDS</c>; null when it was not.</param>
public sealed record OrderUpdate(
    string OrderId,
    SignalAction Action,
    string Status,
    double Quantity,
    double FilledQuantity,
    double? AverageFillPrice,
    string? Reason)
{
    /// <summary>Nothing more will happen to the order.</summary>
    public bool IsOver => Status is "filled" or "canceled" or "expired" or "rejected";
}
