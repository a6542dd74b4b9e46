using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Floor;

/// <content>What happens to one order of a group when something happens to another.</content>
internal sealed partial class Dealer
{
    /// <summary>Lays a leg away until its turn comes.</summary>
    public void Hold(Draft draft, Order leg)
    {
        draft.Put(leg);
        Say(draft, "held", leg, draft.At);
    }

    // The stop-loss of a bracket or an oco order stays held beside its take-profit: the two share the units of one position.
    private bool IsArmed(Order leg) => leg.IsStop && leg.ParentId is { } parentId && book.Find(parentId) is { } parent
        && (parent.Class == OrderClass.Oco ? parent.Status is OrderStatus.New or OrderStatus.PartiallyFilled : parent.Status == OrderStatus.Filled);

    // The stop-loss was reached: its sibling gives up the units, and it goes live.
    private Order Release(Draft draft, Order leg)
    {
        foreach (var sibling in OpenOthersOf(leg))
        {
            EndAlone(draft, sibling, OrderStatus.Canceled, draft.At);
        }

        return GoLive(draft, leg);
    }

    private Order GoLive(Draft draft, Order order)
    {
        order = order with { Status = OrderStatus.New, UpdatedAt = draft.At };
        draft.Put(order);
        Say(draft, "new", order, draft.At);
        return order;
    }

    private void FollowFill(Draft draft, Order order)
    {
        if (order.Class == OrderClass.Simple)
        {
            return;
        }

        if (!order.IsExit)
        {
            if (order.Status == OrderStatus.Filled)
            {
                Activate(draft, order);
            }

            return;
        }

        foreach (var sibling in OpenOthersOf(order))
        {
            if (order.Status == OrderStatus.Filled)
            {
                EndAlone(draft, sibling, OrderStatus.Canceled, draft.At);
            }
            else
            {
                draft.Put(sibling with { Quantity = order.Remaining, UpdatedAt = draft.At });
            }
        }
    }

    // The entry is filled. Part of what it brought may have been sold already, while nothing held it for the exits.
    private void Activate(Draft draft, Order entry)
    {
        var free = decimal.Abs(book.PositionIn(entry.Symbol)?.Quantity ?? 0m) - book.HeldUnits(entry.Symbol);
        foreach (var listed in book.LegsOf(entry.Id))
        {
            // A take-profit that traded at once has ended its stop-loss by now, or shrunk it.
            if (book.Find(listed.Id) is not { Status: OrderStatus.Held } waiting)
            {
                continue;
            }

            if (free <= 0m)
            {
                EndAlone(draft, waiting, OrderStatus.Canceled, draft.At);
                continue;
            }

            var leg = waiting with { Quantity = decimal.Min(waiting.Quantity.GetValueOrDefault(), free), UpdatedAt = draft.At };
            draft.Put(leg);
            if (entry.Class == OrderClass.Oto || !leg.IsStop)
            {
                Route(draft, GoLive(draft, leg));
            }
        }
    }

    private void EndOthers(Draft draft, Order ended, DateTimeOffset at)
    {
        foreach (var other in OpenOthersOf(ended))
        {
            var lapses = ended.Status == OrderStatus.Expired && other.ExpiresAt <= at;
            EndAlone(draft, other with { CancelRequestedAt = ended.CancelRequestedAt }, lapses ? OrderStatus.Expired : OrderStatus.Canceled, at);
        }
    }

    private List<Order> OpenOthersOf(Order order)
    {
        var root = order.ParentId ?? order.Id;
        var others = new List<Order>();
        if (root != order.Id && book.Find(root) is { IsOpen: true } parent)
        {
            others.Add(parent);
        }

        foreach (var leg in book.LegsOf(root))
        {
            if (leg.IsOpen && leg.Id != order.Id)
            {
                others.Add(leg);
            }
        }

        return others;
    }
}
