using System.Text.Json.Serialization;
using StratForge.Contracts.Orders;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>One order in one state; the next state is another record.</summary>
internal sealed record Order
{
    public required Guid Id { get; init; }
    public required string ClientOrderId { get; init; }
    public required string Symbol { get; init; }
    public required Side Side { get; init; }
    public required OrderType Type { get; init; }
    public required TimeInForce TimeInForce { get; init; }
    public required OrderStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Units wanted; null for an order by amount.</summary>
    public decimal? Quantity { get; init; }

    /// <summary>Dollars wanted; null for an order by units.</summary>
    public decimal? Notional { get; init; }
    public decimal? LimitPrice { get; init; }

    /// <summary>Where a stop order is elected; of a trailing stop, where it stands now, null before its first session.</summary>
    public decimal? StopPrice { get; init; }

    /// <summary>Distance of a trailing stop, dollars.</summary>
    public decimal? TrailPrice { get; init; }

    /// <summary>Distance of a trailing stop, percent.</summary>
    public decimal? TrailPercent { get; init; }

    /// <summary>Best price a trailing stop has seen.</summary>
    public decimal? BestPrice { get; init; }

    /// <summary>When its stop was reached.</summary>
    public DateTimeOffset? ElectedAt { get; init; }
    public OrderClass Class { get; init; }

    /// <summary>The order a leg belongs to; null for one that is no leg.</summary>
    public Guid? ParentId { get; init; }
    public bool ExtendedHours { get; init; }

    /// <summary>Whether it opens or adds to a position; decides if it holds cash or units.</summary>
    public required bool Opens { get; init; }
    public decimal FilledQuantity { get; init; }

    /// <summary>Sum of quantity times price of its executions, dollars, not rounded.</summary>
    public decimal FilledValue { get; init; }

    /// <summary>Units that an order by amount was worth when it was taken, no more than the position it closes has; null for an order by units.</summary>
    public decimal? WorthUnits { get; init; }

    /// <summary>Buying power it holds while open, dollars.</summary>
    public decimal HeldCash { get; init; }
    public DateTimeOffset? FilledAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? ExpiredAt { get; init; }
    public DateTimeOffset? CanceledAt { get; init; }
    public DateTimeOffset? CancelRequestedAt { get; init; }
    public DateTimeOffset? ReplacedAt { get; init; }
    public Guid? ReplacedBy { get; init; }
    public Guid? Replaces { get; init; }

    [JsonIgnore]
    public bool IsOpen => Status is OrderStatus.Accepted or OrderStatus.PendingNew or OrderStatus.New or OrderStatus.PartiallyFilled or OrderStatus.Held;

    /// <summary>Whether it waits for a price to come to life.</summary>
    [JsonIgnore]
    public bool IsStop => Type is OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop;

    /// <summary>Whether other orders hang on it.</summary>
    [JsonIgnore]
    public bool HasLegs => Class != OrderClass.Simple && ParentId is null;

    /// <summary>Whether it is one of the exits of a group, rather than its entry.</summary>
    [JsonIgnore]
    public bool IsExit => ParentId is not null || Class == OrderClass.Oco;

    /// <summary>Units still to trade; null for an order by amount, which knows them only at a price.</summary>
    [JsonIgnore]
    public decimal? Remaining => Quantity - FilledQuantity;

    /// <summary>Units of the position it holds while open, if it closes. A held leg holds none: its sibling does, or its entry is still to come.</summary>
    [JsonIgnore]
    public decimal HeldUnits => Opens || Status == OrderStatus.Held ? 0m : Remaining ?? WorthUnits.GetValueOrDefault();

    [JsonIgnore]
    public decimal? AveragePrice => FilledQuantity == 0m ? null : decimal.Round(FilledValue / FilledQuantity, 9);
}
