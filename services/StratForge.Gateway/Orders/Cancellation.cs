using StratForge.Contracts.Internal;
using StratForge.Gateway.Bookkeeping;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Orders;

/// <summary>Takes orders back: those in the house at once, those at the broker as soon as it gives them up.</summary>
/// <param name="userId">Whose orders.</param>
/// <param name="orderId">One of them; null for all.</param>
/// <param name="detail">Why, where their owner did not ask for it.</param>
internal sealed class Cancellation(Guid userId, Guid? orderId, string? detail = null) : BookQuestion<IReadOnlyList<Guid>>
{
    private readonly HashSet<Guid> _tried = [];

    /// <summary>Orders that it found open, whether or not that attempt was written. What was written without anybody knowing is not open any more when it is
    /// done again.</summary>
    public IReadOnlyCollection<Guid> Tried => _tried;

    public override IEnumerable<Guid> Users => [userId];

    protected override IReadOnlyList<Guid> Decide(BookWork work)
    {
        var canceled = Cancel(work, userId, order => orderId is null || order.Id == orderId, detail);
        _tried.UnionWith(canceled);
        return canceled;
    }

    /// <summary>Takes the chosen ones of a user's open orders back.</summary>
    internal static List<Guid> Cancel(BookWork work, Guid userId, Func<Order, bool> chosen, string? detail)
    {
        var canceled = new List<Guid>();
        foreach (var order in work.House.FindAccount(userId)?.Orders.Where(order => order.IsOpen && chosen(order)).ToArray() ?? [])
        {
            work.House.Cancel(order, detail);
            work.Moved.Add(order.Symbol);
            canceled.Add(order.Id);
        }

        return canceled;
    }
}

/// <summary>Takes orders of a session back, once, and writes down in the same transaction that its strategy asked for it.</summary>
/// <param name="userId">The session's owner.</param>
/// <param name="wish">What its strategy asked for.</param>
internal sealed class SessionCancellation(Guid userId, CancelOrders wish) : BookQuestion<IReadOnlyList<Guid>>
{
    /// <summary>SQLSTATE when it was carried out before, or when the session belongs to a later claim.</summary>
    public const string Overtaken = "SF007";

    private readonly IReadOnlySet<Guid>? _orderIds = wish.OrderIds?.ToHashSet();

    public override string Fence => Overtaken;

    public override IEnumerable<Guid> Users => [userId];

    protected override IReadOnlyList<Guid> Decide(BookWork work)
    {
        work.Besides.Add(new Statement("select take_cancel($1, $2, $3, $4)", wish.SessionId, wish.LeaseEpoch, (short)wish.EventKind, wish.EventSeq));
        return Cancellation.Cancel(
            work, userId, order => order.Position.SessionId == wish.SessionId && (_orderIds is null || _orderIds.Contains(order.Id)), "The strategy took it back.");
    }
}
