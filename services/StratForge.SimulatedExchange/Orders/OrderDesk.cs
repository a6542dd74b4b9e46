using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>The answer to a request about an order: the order, or why not.</summary>
internal abstract record OrderOutcome
{
    private OrderOutcome()
    {
    }

    public sealed record Done(Order Order) : OrderOutcome;

    public sealed record Refused(Refusal Refusal) : OrderOutcome;
}

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
        if (view.Quote(instrument) is not { } quote)
        {
            return new OrderOutcome.Refused(Refusals.Rule($"asset \"{request.Symbol}\" is not tradable"));
        }

        var context = new OrderContext(instrument, quote, view.Book, view.Figures(), CryptoOrderLimit)
        {
            Waits = !view.IsOpenFor(instrument, request.ExtendedHours, draft.At),
        };
        if (OrderRules.Check(request, context) is { } refusal)
        {
            return new OrderOutcome.Refused(refusal);
        }

        var order = Accept(view, draft, request, instrument, quote);
        draft.Put(order);
        view.Route(draft, order);
        return new OrderOutcome.Done(order);
    }

    /// <summary>Puts a new order in the place of an open one.</summary>
    public OrderOutcome Replace(Guid id, OrderChange change) => floor.Do((view, draft) => Replace(view, draft, id, change));

    public OrderOutcome Cancel(Guid id) => floor.Do((view, draft) => Cancel(view, draft, id));

    /// <summary>Cancels every open order.</summary>
    /// <returns>The orders, as they are now.</returns>
    public IReadOnlyList<Order> CancelAll() => floor.Do((view, draft) =>
        (IReadOnlyList<Order>)[.. view.Book.AllOpen().Select(order => view.End(draft, order, OrderStatus.Canceled, draft.At))]);

    private static OrderOutcome Replace(FloorView view, Draft draft, Guid id, OrderChange change)
    {
        if (view.Book.Find(id) is not { } order)
        {
            return new OrderOutcome.Refused(Refusals.NotFound($"order not found for {id}"));
        }

        var instrument = view.Prices.Find(order.Symbol)!;
        var (request, refusal) = change.ApplyTo(order);
        if (request is null || view.Quote(instrument) is not { } quote)
        {
            return new OrderOutcome.Refused(refusal!);
        }

        // What the old order holds is free for the new one.
        var figures = view.Figures(freed: order.HeldCash);
        var context = new OrderContext(instrument, quote, view.Book, figures, CryptoOrderLimit, order);
        if (OrderRules.Check(request, context) is { } broken)
        {
            return new OrderOutcome.Refused(broken);
        }

        var next = Accept(view, draft, request, instrument, quote) with { Replaces = order.Id, CreatedAt = order.CreatedAt };
        view.End(draft, order with { ReplacedBy = next.Id }, OrderStatus.Replaced, draft.At);
        draft.Put(next);
        view.Route(draft, next);
        return new OrderOutcome.Done(next);
    }

    public static OrderOutcome Cancel(FloorView view, Draft draft, Guid id) =>
        view.Book.Find(id) is not { } order ? new OrderOutcome.Refused(Refusals.NotFound($"order not found for {id}"))
        : !order.IsOpen ? new OrderOutcome.Refused(Refusals.Rule($"order is already in \"{Protocol.Wire.Text(order.Status)}\" state"))
        : new OrderOutcome.Done(view.End(draft, order with { CancelRequestedAt = draft.At }, OrderStatus.Canceled, draft.At));

    private static Order Accept(FloorView view, Draft draft, OrderRequest request, Instrument instrument, Trading.Matching.TopOfBook quote)
    {
        var id = view.NewId();
        var position = view.Book.PositionIn(instrument.Symbol)?.Quantity ?? 0m;
        var opens = OrderRules.Opens(request.Side, position);
        return new Order
        {
            Id = id,
            ClientOrderId = request.ClientOrderId ?? view.NewId().ToString(),
            Symbol = instrument.Symbol,
            Side = request.Side,
            Type = request.Type,
            TimeInForce = request.TimeInForce,
            Status = view.IsOpenFor(instrument, request.ExtendedHours, draft.At) ? OrderStatus.PendingNew : OrderStatus.Accepted,
            CreatedAt = draft.At,
            UpdatedAt = draft.At,
            SubmittedAt = draft.At,
            ExpiresAt = TradingSessions.ExpiryOf(request.TimeInForce, request.ExtendedHours, draft.At, view.Options.Hours),
            Quantity = request.Quantity,
            Notional = request.Notional,
            LimitPrice = request.LimitPrice,
            ExtendedHours = request.ExtendedHours,
            Opens = opens,
            WorthUnits = request.Notional is null ? null : decimal.Min(OrderRules.UnitsOf(request, quote), decimal.Abs(position)),
            HeldCash = OrderRules.CostOf(request, quote, opens),
        };
    }
}
