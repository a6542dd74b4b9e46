using System.Text.Json.Serialization;
using StratForge.Contracts.Market;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Orders;

/// <summary>An order of the caller's virtual account, in Alpaca's shape.</summary>
public sealed record TradeOrder
{
    /// <summary>Our id of it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The caller's own name of it; else the id again.</summary>
    [JsonPropertyName("client_order_id")]
    public required string ClientOrderId { get; init; }

    /// <summary>When it was taken in.</summary>
    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    [JsonPropertyName("updated_at")]
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the broker first told of it; until then when it was taken in.</summary>
    [JsonPropertyName("submitted_at")]
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When its last unit filled, on the market's clock.</summary>
    [JsonPropertyName("filled_at")]
    public DateTimeOffset? FilledAt { get; init; }

    /// <summary>When its time ran out.</summary>
    [JsonPropertyName("expired_at")]
    public DateTimeOffset? ExpiredAt { get; init; }

    /// <summary>When it was canceled.</summary>
    [JsonPropertyName("canceled_at")]
    public DateTimeOffset? CanceledAt { get; init; }

    /// <summary>When it was refused after having been taken in.</summary>
    [JsonPropertyName("failed_at")]
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>Its symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>us_equity</c> or <c>crypto</c>.</summary>
    [JsonPropertyName("asset_class")]
    public required string AssetClass { get; init; }

    /// <summary>Value ordered, USD; null when units were.</summary>
    public decimal? Notional { get; init; }

    /// <summary>Units ordered.</summary>
    public required decimal Qty { get; init; }

    /// <summary>Units filled so far.</summary>
    [JsonPropertyName("filled_qty")]
    public required decimal FilledQty { get; init; }

    /// <summary>Average price of those.</summary>
    [JsonPropertyName("filled_avg_price")]
    public decimal? FilledAvgPrice { get; init; }

    /// <summary>Empty for a simple order; for one that belongs with others <c>bracket</c> (an entry with two exits), <c>oto</c> (with one) or
    /// <c>oco</c> (two exits).</summary>
    [JsonPropertyName("order_class")]
    public string OrderClass { get; init; } = "";

    /// <summary>The same as <see cref="Type"/>, under its older name.</summary>
    [JsonPropertyName("order_type")]
    public string OrderType => Type;

    /// <summary><c>market</c>, <c>limit</c>, <c>stop</c>, <c>stop_limit</c> or <c>trailing_stop</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>buy</c> or <c>sell</c>.</summary>
    public required string Side { get; init; }

    /// <summary><c>day</c>, <c>gtc</c>, <c>ioc</c> or <c>fok</c>.</summary>
    [JsonPropertyName("time_in_force")]
    public required string TimeInForce { get; init; }

    /// <summary>Limit, if it has one.</summary>
    [JsonPropertyName("limit_price")]
    public decimal? LimitPrice { get; init; }

    /// <summary>Stop, if it has one; that of a trailing stop moves.</summary>
    [JsonPropertyName("stop_price")]
    public decimal? StopPrice { get; init; }

    /// <summary>Distance of a trailing stop, USD.</summary>
    [JsonPropertyName("trail_price")]
    public decimal? TrailPrice { get; init; }

    /// <summary>Distance of a trailing stop, percent.</summary>
    [JsonPropertyName("trail_percent")]
    public decimal? TrailPercent { get; init; }

    /// <summary>Best price since a trailing stop was taken in.</summary>
    public decimal? Hwm { get; init; }

    /// <summary>The order whose place it took.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>The order that took its place.</summary>
    [JsonPropertyName("replaced_by")]
    public Guid? ReplacedBy { get; init; }

    /// <summary><c>held</c>, <c>accepted</c>, <c>new</c>, <c>partially_filled</c>, <c>filled</c>, <c>canceled</c>, <c>expired</c>, <c>rejected</c> or <c>replaced</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Trades outside the regular session: always false.</summary>
    [JsonPropertyName("extended_hours")]
    public bool ExtendedHours { get; init; }

    /// <summary>The order it is an exit of.</summary>
    [JsonPropertyName("parent_id")]
    public Guid? ParentId { get; init; }

    /// <summary>What it is among the exits: <c>take_profit</c> or <c>stop_loss</c>.</summary>
    public string? Leg { get; init; }

    /// <summary>Its exits, where they are asked for with <c>nested=true</c> or it is shown alone; null when it has none.</summary>
    public IReadOnlyList<TradeOrder>? Legs { get; init; }

    /// <summary>Why it was refused after having been taken in: <c>BROKER_REJECTED</c>.</summary>
    [JsonPropertyName("reject_code")]
    public string? RejectCode { get; init; }

    /// <summary>The same for a reader.</summary>
    [JsonPropertyName("reject_reason")]
    public string? RejectReason { get; init; }

    /// <summary>The session whose signal asked for it; null for an order by hand.</summary>
    [JsonPropertyName("session_id")]
    public Guid? SessionId { get; init; }

    /// <summary>Cash left to spend after the reservation, USD. In the answer to a new order only.</summary>
    [JsonPropertyName("newBalance")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? NewBalance { get; init; }

    /// <summary>An order as it stands in the books, without what it belongs with.</summary>
    internal static TradeOrder Of(Order order)
    {
        var (facts, terms, now) = (order.Facts, order.Terms, order.Now);
        return new TradeOrder
        {
            Id = order.Id,
            ClientOrderId = facts.ClientOrderId ?? order.Id.ToString(),
            CreatedAt = order.CreatedAt,
            UpdatedAt = order.CreatedAt,
            SubmittedAt = order.CreatedAt,
            FilledAt = now.FilledAt,
            Symbol = terms.Symbol,
            AssetClass = Symbols.ClassOf(terms.Symbol) == Contracts.Market.AssetClass.Crypto ? "crypto" : "us_equity",
            Notional = facts.Notional,
            Qty = order.Quantity,
            FilledQty = now.Filled,
            FilledAvgPrice = now.AveragePrice,
            Type = terms.Type,
            Side = order.Side == Contracts.Orders.Side.Buy ? "buy" : "sell",
            TimeInForce = terms.TimeInForce,
            LimitPrice = terms.LimitPrice,
            StopPrice = House.StopOf(order),
            TrailPrice = terms.TrailPrice,
            TrailPercent = terms.TrailPercent,
            Hwm = order.HighWater,
            Replaces = facts.Replaces,
            Status = now.Status,
            ParentId = facts.ParentId,
            Leg = facts.Leg,
            RejectCode = now.Code,
            RejectReason = now.Detail,
            SessionId = order.Position.SessionId,
        };
    }
}
