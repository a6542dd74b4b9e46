namespace StratForge.Alpaca;

/// <summary>Something that happened to one of the account's orders: <c>data</c> of a <c>trade_updates</c> frame.</summary>
public sealed record AlpacaTradeUpdate
{
    /// <summary>One of <see cref="AlpacaTradeEvent"/>, or another: unknown ones are passed on.</summary>
    public required string Event { get; init; }
    /// <summary>When it happened, on the venue's clock. May carry any offset.</summary>
    public DateTimeOffset? Timestamp { get; init; }
    /// <summary>The order as this left it; its filled quantity is cumulative.</summary>
    public required AlpacaOrder Order { get; init; }
    /// <summary>Set for fills and most others. The venue has been seen to repeat an event with the same id.</summary>
    public Guid? ExecutionId { get; init; }
    /// <summary>Price of this execution alone.</summary>
    public decimal? Price { get; init; }
    /// <summary>Units of this execution alone.</summary>
    public decimal? Qty { get; init; }
    /// <summary>The account's position afterwards, signed.</summary>
    public decimal? PositionQty { get; init; }

    /// <summary>Whether it reports an execution.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFill => Event is AlpacaTradeEvent.Fill or AlpacaTradeEvent.PartialFill;
}

/// <summary>Common values of <see cref="AlpacaTradeUpdate.Event"/>.</summary>
public static class AlpacaTradeEvent
{
    /// <summary>Taken, waits for the session.</summary>
    public const string Accepted = "accepted";
    /// <summary>Routed.</summary>
    public const string PendingNew = "pending_new";
    /// <summary>Live at the venue.</summary>
    public const string New = "new";
    /// <summary>An execution that leaves units open.</summary>
    public const string PartialFill = "partial_fill";
    /// <summary>The last execution.</summary>
    public const string Fill = "fill";
    /// <summary>Canceled.</summary>
    public const string Canceled = "canceled";
    /// <summary>Its time ran out.</summary>
    public const string Expired = "expired";
    /// <summary>Another order took its place.</summary>
    public const string Replaced = "replaced";
    /// <summary>Refused after it had been taken.</summary>
    public const string Rejected = "rejected";
    /// <summary>No more executions today.</summary>
    public const string DoneForDay = "done_for_day";
}
