using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <content>Brackets: an entry that leaves one or two exits behind, of which one cancels the other.</content>
public sealed partial class House
{
    private static Refusal? CheckLegs(IncomingOrder incoming, PositionEffect effect)
    {
        if (incoming.Legs is not { } legs)
        {
            return null;
        }

        if (incoming.ExitsOnly != (effect == PositionEffect.Close))
        {
            return incoming.ExitsOnly
                ? Refuse("NOTHING_TO_EXIT", "order_class=oco closes a position, and there is none")
                : Refuse("BRACKET_MUST_BE_ENTRY", "a bracket opens a position; use order_class=oco to close one");
        }

        var profit = incoming.ExitsOnly ? incoming.Terms.LimitPrice : legs.TakeProfit;
        var isLong = (incoming.Terms.Side == Side.Buy) == (effect == PositionEffect.Open);
        return profit is { } above && legs.Stop is { } below && (isLong ? above <= below : above >= below)
            ? Refuse("BAD_PRICE", $"take_profit={Figure(above)} stop_loss={Figure(below)}: the profit is on the wrong side of the stop")
            : null;
    }

    private void AddLegs(Order parent, ExitLegs legs, DateTimeOffset now)
    {
        var isExit = parent.Facts.Leg is not null;
        foreach (var (leg, terms) in legs.OrdersOf(parent.Terms, isExit))
        {
            var order = Create(
                parent.Position,
                new OrderFacts(
                    newId(now), terms, PositionEffect.Close, null, now, parent.Facts.ExpiresAt, parent.Facts.Traceparent, ParentId: parent.Id, Leg: leg),
                new OrderProgress(isExit ? OrderStatus.Accepted : OrderStatus.Held));
            Tell(order, "order", null);
        }
    }

    /// <summary>The entry is filled: its exits come to life over what it brought.</summary>
    private void WakeLegs(Order entry)
    {
        // Of two exits one reserves what both are for.
        var free = decimal.Max(0, entry.Position.Now.Free);
        foreach (var leg in KinOf(entry).Where(leg => leg.Now.Status == OrderStatus.Held).ToArray())
        {
            // A fee taken in units leaves less to sell than was bought.
            var units = decimal.Min(leg.Quantity, free);
            if (units == 0)
            {
                Close(leg, OrderStatus.Canceled, null, "What it was to close is gone.");
                continue;
            }

            Set(leg, leg.Now with { Status = OrderStatus.Accepted, ReducedTo = units == leg.Terms.Quantity ? null : units });
            if (leg.Facts.Leg == ExitLeg.TakeProfit || KinOf(leg).All(other => other.Facts.Leg != ExitLeg.TakeProfit))
            {
                Fund(leg);
            }

            Tell(leg, "order", null);
        }
    }

    /// <summary>A stop-loss was reached: it takes over what its sibling has reserved. False while the sibling is at the broker.</summary>
    private bool TakeOver(Order stop)
    {
        var left = stop.Remaining;
        foreach (var sibling in KinOf(stop).Where(other => other.IsOpen && other.Facts.Leg == ExitLeg.TakeProfit).ToArray())
        {
            if (sibling.Now.BrokerOrderId is { } brokerOrderId)
            {
                Recall(_brokerOrders[brokerOrderId], "the stop of the same position was reached");
                return false;
            }

            left = decimal.Min(left, sibling.Remaining);
            Release(sibling);
            Set(sibling, sibling.Now with { Status = OrderStatus.Canceled, Detail = "The stop of the same position was reached." });
            Tell(sibling, "order", null);
        }

        var units = decimal.Min(left, stop.Position.Now.Free + stop.Now.ReservedUnits);
        if (units <= 0)
        {
            Close(stop, OrderStatus.Canceled, null, "What it was to close is gone.");
            return false;
        }

        if (units < stop.Remaining)
        {
            Set(stop, stop.Now with { ReducedTo = stop.Now.Filled + units });
        }

        return true;
    }

    /// <summary>Reserves what an order without a reservation needs from what is free.</summary>
    /// <returns>False when there is not enough.</returns>
    private bool Fund(Order order)
    {
        var needed = order.Remaining - order.Now.ReservedUnits;
        if (needed > order.Position.Now.Free)
        {
            return false;
        }

        if (needed > 0)
        {
            ReserveUnits(order, needed);
        }

        return true;
    }

    /// <summary>After an order came to its end: an exit takes its sibling with it unless it was refused, an entry that brought nothing its exits.</summary>
    private void CloseKin(Order order, string status)
    {
        if (order.Facts.Leg is null && order.Now.Filled > 0)
        {
            // What was bought before the entry ended is still protected.
            ShrinkLegs(order);
            WakeLegs(order);
            return;
        }

        if (order.Facts.Leg is not null && status == OrderStatus.Rejected)
        {
            LeaveToSibling(order);
            return;
        }

        foreach (var kin in KinOf(order).Where(kin => kin.IsOpen).ToArray())
        {
            if (kin.Now.BrokerOrderId is { } brokerOrderId)
            {
                Set(kin, kin.Now with { CancelAsked = true });
                Recall(_brokerOrders[brokerOrderId], "the order it belongs to ended");
                continue;
            }

            Release(kin);
            Set(kin, kin.Now with
            {
                Status = OrderStatus.Canceled,
                Detail = status == OrderStatus.Filled ? "The other exit was filled." : "It ended with the order it belongs to.",
            });
            Tell(kin, "order", null);
        }
    }

    /// <summary>An exit was refused: what it was to close still has its sibling, which from now on holds the units itself.</summary>
    private void LeaveToSibling(Order refused)
    {
        foreach (var sibling in KinOf(refused).Where(kin => kin.IsInHouse).ToArray())
        {
            var units = decimal.Min(sibling.Remaining, refused.Remaining);
            Set(sibling, sibling.Now with { ReducedTo = units == sibling.Remaining ? sibling.Now.ReducedTo : sibling.Now.Filled + units });
            Fund(sibling);
            Tell(sibling, "order", null);
        }
    }

    private void ShrinkLegs(Order entry)
    {
        foreach (var leg in KinOf(entry).Where(leg => leg.Now.Status == OrderStatus.Held).ToArray())
        {
            Set(leg, leg.Now with { ReducedTo = entry.Now.Filled });
        }
    }

    /// <summary>The other orders of the same bracket or pair.</summary>
    private static IEnumerable<Order> KinOf(Order order) =>
        order.Account.FamilyOf(order.Facts.ParentId ?? order.Id).Where(other => !ReferenceEquals(other, order));
}
