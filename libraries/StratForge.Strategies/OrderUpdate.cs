namespace StratForge.Strategies;

/// <summary>Something happened to an order of this session.</summary>
/// <param name="OrderId">The platform's id of the order; empty when a signal was refused before it became one.</param>
/// <param name="Symbol">What is traded.</param>
/// <param name="Action">Its direction.</param>
/// <param name="Status"><c>held</c> (an exit whose entry is not filled), <c>accepted</c>, <c>new</c>, <c>partially_filled</c>, <c>filled</c>, <c>canceled</c>,
/// <c>expired</c>, <c>replaced</c> or <c>rejected</c>.</param>
/// <param name="Quantity">Units ordered.</param>
/// <param name="FilledQuantity">Units filled so far.</param>
/// <param name="AverageFillPrice">Null until something filled.</param>
/// <param name="Reason">Why it was refused or ended early, as a code: <c>INSUFFICIENT_FUNDS</c>; null when it was not.</param>
/// <param name="Exit"><c>take_profit</c> or <c>stop_loss</c> for an exit that an entry left behind; null for any other order.</param>
public sealed record OrderUpdate(
    string OrderId,
    string Symbol,
    SignalAction Action,
    string Status,
    double Quantity,
    double FilledQuantity,
    double? AverageFillPrice,
    string? Reason,
    string? Exit = null)
{
    /// <summary>The signal that asked for it; null for an exit, and for orders of signals that are long forgotten.</summary>
    public Ticket? Ticket { get; internal init; }

    /// <summary>Nothing more will happen to the order.</summary>
    public bool IsOver => Ends(Status);

    internal static bool Ends(string status) => status is "filled" or "canceled" or "expired" or "rejected" or "replaced";
}
