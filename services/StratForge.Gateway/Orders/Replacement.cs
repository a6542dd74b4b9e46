using StratForge.Gateway.Bookkeeping;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>Answers to a replacement.</summary>
internal abstract record ReplaceOutcome
{
    private ReplaceOutcome()
    {
    }

    /// <summary>The new order stands in the place of the old one.</summary>
    public sealed record Replaced(Order Order) : ReplaceOutcome;

    /// <summary>The user has no such open order.</summary>
    public sealed record Unknown : ReplaceOutcome;

    /// <summary>The new order's name is that of another one; the old order stands.</summary>
    public sealed record NameTaken : ReplaceOutcome;

    /// <summary>The rules are against it; the old order stands.</summary>
    public sealed record Refused(Refusal Refusal) : ReplaceOutcome;
}

/// <summary>Puts an order with other terms in the place of one that waits in the house.</summary>
internal sealed class Replacement(
    OrderDesk desk, Guid userId, Guid orderId, NewTerms change, string? clientOrderId, DateTimeOffset at) : BookQuestion<ReplaceOutcome>
{
    private readonly Guid _id = clientOrderId is null ? Guid.CreateVersion7(at) : OrderIds.Derive(userId, "client_order_id", clientOrderId);

    // Done twice it would fail the second time: the order it replaces is gone.
    public override bool IsRepeatable => false;

    public override IEnumerable<Guid> Users => [userId];

    public override IEnumerable<Guid> NamedOrders => clientOrderId is null ? [] : [_id];

    protected override ReplaceOutcome Decide(BookWork work)
    {
        if (work.House.FindOrder(orderId) is not { } order || order.Account.UserId != userId)
        {
            return new ReplaceOutcome.Unknown();
        }

        if (work.Known.ContainsKey(_id) || work.House.FindOrder(_id) is not null)
        {
            return new ReplaceOutcome.NameTaken();
        }

        var terms = change.ApplyTo(order.Terms);
        var refusal = desk.Check(terms);
        if (refusal is null && Replace(work, order, terms, out refusal) is { } successor)
        {
            work.Moved.Add(terms.Symbol);
            return new ReplaceOutcome.Replaced(successor);
        }

        return new ReplaceOutcome.Refused(refusal!);
    }

    private Order? Replace(BookWork work, Order order, OrderTerms terms, out Refusal? refusal) =>
        work.House.Replace(
            order, _id, terms, desk.Collar(terms, desk.PriceNow(terms.Symbol)),
            terms.TimeInForce == order.Terms.TimeInForce && order.Facts.ExpiresAt is { } same ? same : desk.ExpiryOf(terms),
            work.RiskOf.TermsFor(userId, order.Position.SessionId, terms.Symbol, work.Now), at, clientOrderId, out refusal);
}
