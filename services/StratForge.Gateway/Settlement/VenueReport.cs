using StratForge.Alpaca;

namespace StratForge.Gateway.Settlement;

/// <summary>Something the venue said about one of our broker orders, from the stream, from an answer or from a look.</summary>
/// <param name="BrokerOrderId">Our id of it.</param>
internal abstract record VenueReport(Guid BrokerOrderId)
{
    /// <summary>The venue took it and gave it an id.</summary>
    public sealed record Acknowledged(Guid BrokerOrderId, Guid VenueOrderId) : VenueReport(BrokerOrderId);

    /// <summary>It is live at the venue.</summary>
    public sealed record Live(Guid BrokerOrderId, Guid VenueOrderId) : VenueReport(BrokerOrderId);

    /// <summary>Units of it were executed.</summary>
    /// <param name="BrokerOrderId">Our id of it.</param>
    /// <param name="VenueOrderId">The venue's id of it.</param>
    /// <param name="ExecutionId">The venue's id of the execution.</param>
    /// <param name="Quantity">Units of this execution.</param>
    /// <param name="Price">USD per unit.</param>
    /// <param name="OccurredAt">On the market's clock.</param>
    /// <param name="VenueFilled">Units filled after it, as the venue counts.</param>
    public sealed record Executed(
        Guid BrokerOrderId, Guid VenueOrderId, Guid ExecutionId, decimal Quantity, decimal Price, DateTimeOffset OccurredAt, decimal VenueFilled)
        : VenueReport(BrokerOrderId);

    /// <summary>It ended with units open.</summary>
    /// <param name="BrokerOrderId">Our id of it.</param>
    /// <param name="VenueOrderId">The venue's id of it; null when the venue no longer knows it.</param>
    /// <param name="Status"><c>canceled</c>, <c>expired</c> or <c>rejected</c>.</param>
    /// <param name="VenueFilled">Units filled at its end.</param>
    /// <param name="Detail">Why, if the venue said.</param>
    public sealed record Ended(Guid BrokerOrderId, Guid? VenueOrderId, string Status, decimal VenueFilled, string? Detail) : VenueReport(BrokerOrderId);

    /// <summary>The venue never took it.</summary>
    public sealed record Refused(Guid BrokerOrderId, string Code, string Detail) : VenueReport(BrokerOrderId);

    /// <summary>The venue did not take it because something opposite is open: it waits again.</summary>
    public sealed record Held(Guid BrokerOrderId, DateTimeOffset Until) : VenueReport(BrokerOrderId);

    /// <summary>What a stream event means for the books; null when it means nothing or is not about an order of ours.</summary>
    /// <param name="update">The event.</param>
    /// <param name="isForeign">Whether the order was sent by someone else.</param>
    public static VenueReport? Of(AlpacaTradeUpdate update, out bool isForeign)
    {
        isForeign = !Guid.TryParse(update.Order.ClientOrderId, out var id);
        if (isForeign)
        {
            return null;
        }

        var order = update.Order;
        return update.Event switch
        {
            AlpacaTradeEvent.Accepted or AlpacaTradeEvent.PendingNew => new Acknowledged(id, order.Id),
            AlpacaTradeEvent.New => new Live(id, order.Id),
            AlpacaTradeEvent.Fill or AlpacaTradeEvent.PartialFill
                when update is { ExecutionId: { } execution, Qty: > 0 and var units, Price: > 0 and var price } =>
                new Executed(id, order.Id, execution, units, price, At(update.Timestamp ?? order.FilledAt ?? order.UpdatedAt), order.FilledQty),
            AlpacaTradeEvent.Canceled or AlpacaTradeEvent.Expired or AlpacaTradeEvent.Rejected =>
                new Ended(id, order.Id, update.Event, order.FilledQty, null),
            // An order replaced by hand at the venue is over for us; its successor is not ours.
            AlpacaTradeEvent.Replaced => new Ended(id, order.Id, AlpacaOrderStatus.Canceled, order.FilledQty, "Replaced at the venue."),
            _ => null,
        };
    }

    /// <summary>The end of an order that a look found over; null when it is open or filled.</summary>
    public static Ended? EndOf(Guid id, AlpacaOrder order) => order.Status switch
    {
        AlpacaOrderStatus.Canceled or AlpacaOrderStatus.Expired or AlpacaOrderStatus.Rejected =>
            new Ended(id, order.Id, order.Status, order.FilledQty, null),
        AlpacaOrderStatus.Replaced => new Ended(id, order.Id, AlpacaOrderStatus.Canceled, order.FilledQty, "Replaced at the venue."),
        _ => null,
    };

    /// <summary>An execution from the account's history; null when the entry is none.</summary>
    public static Executed? Of(Guid id, AlpacaActivity activity, decimal venueFilled) =>
        activity is { ExecutionId: { } execution, OrderId: { } order, Qty: > 0 and var units, Price: > 0 and var price }
            ? new Executed(id, order, execution, units, price, At(activity.TransactionTime), decimal.Max(venueFilled, activity.CumQty ?? 0))
            : null;

    private static DateTimeOffset At(DateTimeOffset? instant)
    {
        // Postgres keeps microseconds; the venue sends finer ones.
        var at = (instant ?? throw new FormatException("An execution without a time.")).ToUniversalTime();
        return at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
