using StratForge.SimulatedExchange.Floor;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>Puts a new order in the place of an open one: by itself, as a parent with its legs, or as a leg.</summary>
internal static class Replacement
{
    public static OrderOutcome Replace(FloorView view, Draft draft, Guid id, OrderChange change)
    {
        if (view.Book.Find(id) is not { } order)
        {
            return new OrderOutcome.Refused(Refusals.NotFound($"order not found for {id}"));
        }

        var instrument = view.Prices.Find(order.Symbol)!;
        var legs = order.HasLegs ? view.Book.LegsOf(order.Id) : null;
        var (request, refusal) = change.ApplyTo(order);
        if (request is null)
        {
            return new OrderOutcome.Refused(refusal!);
        }

        var parent = order.ParentId is { } parentId ? view.Book.Find(parentId)! : order;
        if (parent.Status == OrderStatus.Accepted)
        {
            return new OrderOutcome.Refused(OrderChange.NotSentYet);
        }

        // What the old order holds is free for the new one.
        var context = OrderDesk.ContextOf(view, draft, request, instrument, order);
        request = legs is null ? request : WithExits(request, order, legs);
        var broken = order.ParentId is null ? OrderRules.Check(request, context) : CheckLeg(view, request, order, parent, context);
        if (broken is not null)
        {
            return new OrderOutcome.Refused(broken);
        }

        var next = Acceptance.Of(view, draft, request, instrument, context.Quote) with
        {
            Replaces = order.Id,
            CreatedAt = order.CreatedAt,
            Class = order.Class,
            ParentId = order.ParentId,
            BestPrice = order.BestPrice,
            ElectedAt = order.ElectedAt,
        };
        view.End(draft, order with { ReplacedBy = next.Id }, OrderStatus.Replaced, draft.At);
        if (order.Status == OrderStatus.Held)
        {
            next = next with { Status = OrderStatus.Held, Opens = false, HeldCash = 0m };
            view.Hold(draft, next);
            return new OrderOutcome.Done(next);
        }

        draft.Put(next);
        foreach (var leg in legs ?? [])
        {
            draft.Put(leg with
            {
                ParentId = next.Id,
                Quantity = leg.Quantity + (change.Quantity ?? order.Quantity) - order.Quantity,
                TimeInForce = next.TimeInForce,
                ExpiresAt = next.ExpiresAt,
                UpdatedAt = draft.At,
            });
        }

        return OrderDesk.Routed(view, draft, next);
    }

    // The exits hang on as they are; they are judged again beside the new entry.
    private static OrderRequest WithExits(OrderRequest request, Order parent, IEnumerable<Order> legs)
    {
        request = request with { Class = parent.Class, TakeProfit = parent.Class == OrderClass.Oco ? request.LimitPrice : null };
        foreach (var leg in legs)
        {
            request = leg.Type == OrderType.Limit
                ? request with { TakeProfit = leg.LimitPrice }
                : request with { StopLoss = leg.StopPrice, StopLossLimit = leg.LimitPrice };
        }

        return request;
    }

    // The group's units are held already, by the leg itself or by its sibling: only prices are left to judge.
    private static Refusal? CheckLeg(FloorView view, OrderRequest request, Order leg, Order parent, OrderContext context)
    {
        if (request.Quantity != leg.Remaining)
        {
            return Refusals.Rule("qty of a leg cannot be changed");
        }

        // One that lasted shorter than its group would end it: exits stay until one of them trades.
        if (request.TimeInForce != leg.TimeInForce)
        {
            return Refusals.Rule("time_in_force of a leg cannot be changed");
        }

        if (OrderRules.CheckId(request, context) is { } taken)
        {
            return taken;
        }

        var legs = view.Book.LegsOf(parent.Id)
            .Select(each => each.Id == leg.Id ? each with { LimitPrice = request.LimitPrice, StopPrice = request.StopPrice } : each);
        var entry = new OrderRequest(parent.Symbol, parent.Quantity, null, parent.Side, parent.Type, parent.TimeInForce, parent.LimitPrice, false, null)
        {
            StopPrice = parent.StopPrice,
        };
        var whole = WithExits(entry, parent, legs);
        return PriceRules.CheckIncrements(request, context.Instrument) ?? (parent.IsOpen
            ? PriceRules.CheckExits(whole, context)
            : PriceRules.CheckOrderOfExits(whole.TakeProfit, whole.StopLoss, leg.Side) ?? PriceRules.CheckStop(request, context));
    }
}
