using StratForge.Alpaca;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Broker;

/// <summary>The venue's words, in ours.</summary>
internal static class VenueReports
{
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
            AlpacaTradeEvent.Accepted or AlpacaTradeEvent.PendingNew => new VenueReport.Acknowledged(id, order.Id),
            AlpacaTradeEvent.New => new VenueReport.Live(id, order.Id),
            AlpacaTradeEvent.Fill or AlpacaTradeEvent.PartialFill
                when update is { ExecutionId: { } execution, Qty: > 0 and var units, Price: > 0 and var price } =>
                new VenueReport.Executed(id, order.Id, execution, units, price, At(update.Timestamp ?? order.FilledAt ?? order.UpdatedAt), order.FilledQty),
            AlpacaTradeEvent.Canceled or AlpacaTradeEvent.Expired or AlpacaTradeEvent.Rejected =>
                new VenueReport.Ended(id, order.Id, update.Event, order.FilledQty, null),
            // An order replaced by hand at the venue is over for us; its successor is not ours.
            AlpacaTradeEvent.Replaced => new VenueReport.Ended(id, order.Id, AlpacaOrderStatus.Canceled, order.FilledQty, "Replaced at the venue."),
            _ => null,
        };
    }

    /// <summary>The end of an order that a look found over; null when it is open or filled.</summary>
    public static VenueReport.Ended? EndOf(Guid id, AlpacaOrder order) => order.Status switch
    {
        AlpacaOrderStatus.Canceled or AlpacaOrderStatus.Expired or AlpacaOrderStatus.Rejected =>
            new VenueReport.Ended(id, order.Id, order.Status, order.FilledQty, null),
        AlpacaOrderStatus.Replaced => new VenueReport.Ended(id, order.Id, AlpacaOrderStatus.Canceled, order.FilledQty, "Replaced at the venue."),
        _ => null,
    };

    /// <summary>An execution from the account's history; null when the entry is none.</summary>
    public static VenueReport.Executed? Of(Guid id, AlpacaActivity activity, decimal venueFilled) =>
        activity is { ExecutionId: { } execution, OrderId: { } order, Qty: > 0 and var units, Price: > 0 and var price }
            ? new VenueReport.Executed(id, order, execution, units, price, At(activity.TransactionTime), decimal.Max(venueFilled, activity.CumQty ?? 0))
            : null;

    private static DateTimeOffset At(DateTimeOffset? instant)
    {
        // Postgres keeps microseconds; the venue sends finer ones.
        var at = (instant ?? throw new FormatException("An execution without a time.")).ToUniversalTime();
        return at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
