using System.Text.Json.Serialization;

namespace StratForge.Alpaca;

/// <summary>An order as Alpaca shows it, in every order endpoint and inside stream events.</summary>
public sealed record AlpacaOrder
{
    /// <summary>The venue's id.</summary>
    public required Guid Id { get; init; }
    /// <summary>The id its sender chose.</summary>
    public required string ClientOrderId { get; init; }
    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>When it last changed.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
    /// <summary>When it was submitted.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }
    /// <summary>When its last unit filled.</summary>
    public DateTimeOffset? FilledAt { get; init; }
    /// <summary>When its time ran out.</summary>
    public DateTimeOffset? ExpiredAt { get; init; }
    /// <summary>When its time will run out.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>When it was canceled.</summary>
    public DateTimeOffset? CanceledAt { get; init; }
    /// <summary>When it was rejected.</summary>
    public DateTimeOffset? FailedAt { get; init; }
    /// <summary>When another order took its place.</summary>
    public DateTimeOffset? ReplacedAt { get; init; }
    /// <summary>The order that took its place.</summary>
    public Guid? ReplacedBy { get; init; }
    /// <summary>The order whose place it took.</summary>
    public Guid? Replaces { get; init; }
    /// <summary>Id of the asset.</summary>
    public Guid? AssetId { get; init; }
    /// <summary><c>AAPL</c>, <c>BTC/USD</c>; old frames spell <c>BTCUSD</c>.</summary>
    public required string Symbol { get; init; }
    /// <summary><c>us_equity</c> or <c>crypto</c>.</summary>
    public string? AssetClass { get; init; }
    /// <summary>Ordered by value, USD; then <see cref="Qty"/> is null.</summary>
    public decimal? Notional { get; init; }
    /// <summary>Ordered units.</summary>
    public decimal? Qty { get; init; }
    /// <summary>Units filled so far.</summary>
    public decimal FilledQty { get; init; }
    /// <summary>Average price of what filled; null until something did.</summary>
    public decimal? FilledAvgPrice { get; init; }
    /// <summary>Empty for a simple order.</summary>
    public string? OrderClass { get; init; }
    /// <summary>One of <see cref="AlpacaOrderType"/>.</summary>
    public required string Type { get; init; }
    /// <summary>One of <see cref="AlpacaSide"/>.</summary>
    public required string Side { get; init; }
    /// <summary><c>buy_to_open</c> and kin; absent in stream events.</summary>
    public string? PositionIntent { get; init; }
    /// <summary><c>day</c>, <c>gtc</c>, <c>ioc</c>, <c>fok</c>, <c>opg</c>, <c>cls</c>.</summary>
    public required string TimeInForce { get; init; }
    /// <summary>Limit, if it has one.</summary>
    public decimal? LimitPrice { get; init; }
    /// <summary>Stop, if it has one.</summary>
    public decimal? StopPrice { get; init; }
    /// <summary>One of <see cref="AlpacaOrderStatus"/>.</summary>
    public required string Status { get; init; }
    /// <summary>Trades outside the regular session too.</summary>
    public bool ExtendedHours { get; init; }
    /// <summary>Distance of a trailing stop, percent.</summary>
    public decimal? TrailPercent { get; init; }
    /// <summary>Distance of a trailing stop, price.</summary>
    public decimal? TrailPrice { get; init; }
    /// <summary>Best price a trailing stop has seen.</summary>
    public decimal? Hwm { get; init; }
    /// <summary>Orders that belong to this one.</summary>
    public IReadOnlyList<AlpacaOrder>? Legs { get; init; }

    /// <summary>Whether nothing can happen to it any more.</summary>
    [JsonIgnore]
    public bool IsOver => AlpacaOrderStatus.IsOver(Status);
}

/// <summary>Values of <see cref="AlpacaOrder.Status"/>. Others exist; they are rare and mean an open order.</summary>
public static class AlpacaOrderStatus
{
    /// <summary>Taken, not yet routed: the usual state outside the session.</summary>
    public const string Accepted = "accepted";
    /// <summary>Routed, not yet confirmed: the usual answer to a POST within the session.</summary>
    public const string PendingNew = "pending_new";
    /// <summary>Live at the venue.</summary>
    public const string New = "new";
    /// <summary>Some units filled.</summary>
    public const string PartiallyFilled = "partially_filled";
    /// <summary>All units filled.</summary>
    public const string Filled = "filled";
    /// <summary>No more executions today.</summary>
    public const string DoneForDay = "done_for_day";
    /// <summary>Ended by request or by rule.</summary>
    public const string Canceled = "canceled";
    /// <summary>Ended because its time ran out.</summary>
    public const string Expired = "expired";
    /// <summary>Another order took its place.</summary>
    public const string Replaced = "replaced";
    /// <summary>Refused after it had been taken.</summary>
    public const string Rejected = "rejected";
    /// <summary>A cancel was asked for.</summary>
    public const string PendingCancel = "pending_cancel";
    /// <summary>A replacement was asked for.</summary>
    public const string PendingReplace = "pending_replace";
    /// <summary>A leg that waits for its trigger.</summary>
    public const string Held = "held";

    /// <summary>Whether an order in that status can no longer change.</summary>
    public static bool IsOver(string status) => status is Filled or Canceled or Expired or Replaced or Rejected;
}

/// <summary>Values of <see cref="AlpacaOrder.Side"/>.</summary>
public static class AlpacaSide
{
    /// <summary>Buy.</summary>
    public const string Buy = "buy";
    /// <summary>Sell.</summary>
    public const string Sell = "sell";
}

/// <summary>Values of <see cref="AlpacaOrder.Type"/>.</summary>
public static class AlpacaOrderType
{
    /// <summary>Fills at once at the far side of the quote.</summary>
    public const string Market = "market";
    /// <summary>Fills at its limit or better.</summary>
    public const string Limit = "limit";
    /// <summary>Becomes a market order once the stop trades.</summary>
    public const string Stop = "stop";
    /// <summary>Becomes a limit order once the stop trades.</summary>
    public const string StopLimit = "stop_limit";
    /// <summary>A stop that follows the price.</summary>
    public const string TrailingStop = "trailing_stop";
}
