using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Takes, cancels and replaces orders.</summary>
internal sealed class OrderDesk(TradingFloor floor)
{
    // Alpaca's limit for one crypto order, dollars.
    private const decimal CryptoOrderLimit = 200_000m;

    public OrderOutcome Submit(OrderRequest request) => floor.Do((view, draft) => Submit(view, draft, request));

    public static OrderOutcome Submit(FloorView view, Draft draft, OrderRequest request)
    {
        if (view.Prices.Find(request.Symbol) is not { } instrument)
        {
            return new OrderOutcome.Refused(Refusals.Rule($"asset \"{request.Symbol}\" not found"));
        }

        // Before its first bar of a replay nobody can say what a symbol is worth.
        if (view.LastPrice(instrument) is null)
        {
            return new OrderOutcome.Refused(Refusals.Rule($"asset \"{request.Symbol}\" is not tradable"));
        }

        var context = ContextOf(view, draft, request, instrument);
        if (OrderRules.Check(request, context) is { } refusal)
        {
            return new OrderOutcome.Refused(refusal);
        }

        var order = Acceptance.Of(view, draft, request, instrument, context.Quote);
        draft.Put(order);
        if (order.HasLegs)
        {
            foreach (var leg in Acceptance.LegsOf(view, request, order))
            {
                draft.Put(leg);
            }
        }

        return Routed(view, draft, order);
    }

    /// <summary>Puts a new order in the place of an open one.</summary>
    public OrderOutcome Replace(Guid id, OrderChange change) => floor.Do((view, draft) => Replacement.Replace(view, draft, id, change));

    public OrderOutcome Cancel(Guid id) => floor.Do((view, draft) => Cancel(view, draft, id));

    /// <summary>Cancels every open order.</summary>
    /// <returns>The orders, as they are now.</returns>
    public IReadOnlyList<Order> CancelAll() => floor.Do(CancelAll);

    public static IReadOnlyList<Order> CancelAll(FloorView view, Draft draft)
    {
        var open = view.Book.AllOpen();
        foreach (var order in open)
        {
            // One of a group takes the others with it.
            if (view.Book.Find(order.Id) is { IsOpen: true } still)
            {
                view.End(draft, still with { CancelRequestedAt = draft.At }, OrderStatus.Canceled, draft.At);
            }
        }

        return open.ConvertAll(order => view.Book.Find(order.Id)!);
    }

    public static OrderOutcome Cancel(FloorView view, Draft draft, Guid id) =>
        view.Book.Find(id) is not { } order ? new OrderOutcome.Refused(Refusals.NotFound($"order not found for {id}"))
        : !order.IsOpen ? new OrderOutcome.Refused(Refusals.Rule($"order is already in \"{Protocol.Wire.Text(order.Status)}\" state"))
        : new OrderOutcome.Done(view.End(draft, order with { CancelRequestedAt = draft.At }, OrderStatus.Canceled, draft.At));

    /// <summary>What a request is judged by, in a market that has a price for it.</summary>
    public static OrderContext ContextOf(FloorView view, Draft draft, OrderRequest request, Instrument instrument, Order? replaces = null) => new(
        instrument,
        view.LastPrice(instrument).GetValueOrDefault(),
        view.Quote(instrument).GetValueOrDefault(),
        view.Book,
        view.Figures(freed: replaces?.HeldCash ?? 0m),
        CryptoOrderLimit,
        replaces)
    {
        Waits = !view.IsOpenFor(instrument, request, draft.At),
        TakesAuctionOrders = !request.TimeInForce.IsAuction() || TradingSessions.TakesAuctionOrders(request.TimeInForce, draft.At),
        Fractionable = view.Options.IsFractionable(instrument.Symbol),
    };

    /// <summary>Brings a new order to the market.</summary>
    /// <returns>The order as it was before: what happens to it there is told by the stream. A trailing stop already shows where it stands.</returns>
    public static OrderOutcome Routed(FloorView view, Draft draft, Order order)
    {
        var legs = order.HasLegs ? view.Book.LegsOf(order.Id) : null;
        view.Route(draft, order);
        return new OrderOutcome.Done(order.Type == OrderType.TrailingStop ? view.Book.Find(order.Id)! : order, legs);
    }
}
