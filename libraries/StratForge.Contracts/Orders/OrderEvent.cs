namespace StratForge.Contracts.Orders;

/// <summary>State of one order after something happened to it, with the account as that left it.</summary>
/// <param name="OrderId">Our id of the order.</param>
/// <param name="SignalId">The signal that asked for it; null for an order by hand.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Side">Its direction.</param>
/// <param name="Status">As stored: <c>accepted</c>, <c>new</c>, <c>partially_filled</c>, <c>filled</c>, <c>canceled</c>, <c>expired</c>, <c>rejected</c>.</param>
/// <param name="Quantity">Units ordered.</param>
/// <param name="FilledQuantity">Units filled so far.</param>
/// <param name="AverageFillPrice">Null until something filled.</param>
/// <param name="Code">Why it was refused or ended early: <c>INSUFFICIENT_FUNDS</c>.</param>
/// <param name="Fill">The execution this event reports; null for anything else.</param>
/// <param name="Position">The position of the order's session (or of hand trading) in the symbol afterwards.</param>
/// <param name="Cash">The user's cash that is free to spend afterwards, USD.</param>
/// <param name="Leg"><c>take_profit</c> or <c>stop_loss</c> for an exit that an entry left behind; null for any other order.</param>
public sealed record OrderEvent(
    Guid OrderId,
    Guid? SignalId,
    string Symbol,
    Side Side,
    string Status,
    decimal Quantity,
    decimal FilledQuantity,
    decimal? AverageFillPrice,
    string? Code,
    FillDetail? Fill,
    PositionView Position,
    decimal Cash,
    string? Leg = null);

/// <summary>One execution as it was booked for one order.</summary>
/// <param name="ExecutionId">The venue's id.</param>
/// <param name="Quantity">Units of this order.</param>
/// <param name="Price">Quote currency per unit.</param>
/// <param name="Fee">In <paramref name="FeeAsset"/>; zero for stocks.</param>
/// <param name="FeeAsset"><c>USD</c> or the base coin.</param>
/// <param name="OccurredAt">On the market's clock.</param>
public sealed record FillDetail(
    Guid ExecutionId, decimal Quantity, decimal Price, decimal Fee, string FeeAsset, DateTimeOffset OccurredAt);

/// <summary>Units held and what they cost.</summary>
/// <param name="Quantity">Signed: below zero is short.</param>
/// <param name="AveragePrice">Average entry price; zero when flat.</param>
public sealed record PositionView(decimal Quantity, decimal AveragePrice);
