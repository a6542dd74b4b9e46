using StratForge.Contracts.Orders;

namespace StratForge.Gateway.Reconciliation;

/// <summary>A broker order that the venue may have filled further than is booked.</summary>
/// <param name="Id">Its <c>client_order_id</c>.</param>
/// <param name="VenueOrderId">The venue's id of it, once known.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Side">Its direction.</param>
/// <param name="Quantity">Units.</param>
/// <param name="LimitPrice">Its limit, USD; null for a market order.</param>
/// <param name="FilledQuantity">Units booked.</param>
/// <param name="VenueFilledQuantity">Units that the venue has said were filled.</param>
/// <param name="Status">As the books know it.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record OrderInFlight(
    Guid Id,
    Guid? VenueOrderId,
    string Symbol,
    Side Side,
    decimal Quantity,
    decimal? LimitPrice,
    decimal FilledQuantity,
    decimal VenueFilledQuantity,
    string Status,
    DateTimeOffset CreatedAt)
{
    /// <summary>Units that may be filled without being booked.</summary>
    internal decimal Remaining => Quantity - FilledQuantity;
}

/// <summary>By how much orders in flight can make the broker differ from the books. Null is no bound.</summary>
/// <param name="Lowest">Zero or less.</param>
/// <param name="Highest">Zero or more.</param>
internal readonly record struct InFlight(decimal? Lowest, decimal? Highest)
{
    // Executions are paid in whole cents each, so many small ones cost a little more than the limit says.
    private const decimal LimitSlack = 1.01m;
    private const decimal CashSlack = 1m;

    /// <summary>Nothing is in flight.</summary>
    public static readonly InFlight Nothing = new(0, 0);

    /// <summary>Whether something is in flight at all.</summary>
    public bool IsAnything => Lowest != 0 || Highest != 0;

    /// <summary>Whether orders in flight can have caused a difference.</summary>
    /// <param name="difference">What the broker has more than the books.</param>
    public bool Explains(decimal difference) =>
        IsAnything && (Lowest is not { } lowest || difference >= lowest) && (Highest is not { } highest || difference <= highest);

    /// <summary>What orders can do to an asset.</summary>
    /// <param name="asset"><c>USD</c> or a symbol.</param>
    /// <param name="orders">All orders in flight.</param>
    public static InFlight Of(string asset, IEnumerable<OrderInFlight> orders)
    {
        decimal? lowest = 0;
        decimal? highest = 0;
        foreach (var order in orders)
        {
            if (asset == BookedAsset.Usd)
            {
                // A sale may bring any price from its limit upwards, and a market order costs what it costs.
                if (order.Side == Side.Sell)
                {
                    highest = null;
                }
                else
                {
                    lowest -= (order.Remaining * order.LimitPrice * LimitSlack) + CashSlack;
                }
            }
            else if (asset == order.Symbol)
            {
                // A fee taken in units only makes it less.
                (lowest, highest) = order.Side == Side.Sell ? (lowest - order.Remaining, highest) : (lowest, highest + order.Remaining);
            }
        }

        return new InFlight(lowest, highest);
    }
}
