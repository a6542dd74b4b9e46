using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Settlement;

/// <summary>A broker order as it was read, and as it will be written.</summary>
internal sealed class BrokerOrderRow
{
    public required Guid Id { get; init; }
    public required string Symbol { get; init; }
    public required Side Side { get; init; }
    public required decimal Quantity { get; init; }
    public required string? Traceparent { get; init; }
    public required string? VenueOrderId { get; set; }
    public required string Status { get; set; }
    public required decimal Filled { get; set; }
    public required decimal VenueFilled { get; set; }
    public required string? EndStatus { get; set; }
    public required string? EndDetail { get; set; }
    public required DateTimeOffset? SubmittedAt { get; set; }

    /// <summary>Open when it was read.</summary>
    public required bool WasOpen { get; init; }

    /// <summary>Its orders, oldest first.</summary>
    public List<OrderRow> Orders { get; } = [];

    public bool IsOpen => Status is "accepted" or "new" or "partially_filled";

    public AssetClass AssetClass => Symbols.ClassOf(Symbol);
}

/// <summary>An order as it was read, and as it will be written.</summary>
internal sealed class OrderRow
{
    public required Guid Id { get; init; }
    public required Guid? SignalId { get; init; }
    public required AccountRow Account { get; init; }
    public required PositionRow Position { get; init; }
    public required string Symbol { get; init; }
    public required string? Traceparent { get; init; }
    public required string Status { get; set; }
    public required OrderState State { get; set; }
    public DateTimeOffset? FilledAt { get; set; }
    public bool Changed { get; set; }

    /// <summary>An event already tells what this group did to it.</summary>
    public bool Told { get; set; }

    public bool IsOpen => Status is "accepted" or "new" or "partially_filled";
}

/// <summary>A user's account: the counter of his events and his free cash.</summary>
internal sealed class AccountRow
{
    public required Guid UserId { get; init; }
    public required long LastEventId { get; set; }
    public required decimal Cash { get; set; }
    public bool Changed { get; set; }
}

/// <summary>A position of one session, or of hand trading.</summary>
internal sealed class PositionRow
{
    public required Guid UserId { get; init; }
    public required Guid? SessionId { get; init; }
    public required string Symbol { get; init; }
    public required Holding Holding { get; set; }
    public bool Changed { get; set; }
}

/// <summary>One execution booked for one order.</summary>
internal sealed record TradeRow(
    Guid Id, VenueReport.Executed Execution, OrderRow Order, Side Side, FillShare Share, string FeeAsset, decimal CashAmount, decimal RealisedPnl);

/// <summary>One ledger entry of a trade.</summary>
internal sealed record EntryRow(Posting Posting, Guid OrderId, Guid ExecutionId);

/// <summary>One event for a user.</summary>
internal sealed record EventRow(UserEvent Event, string Data);
