using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Orders;

/// <summary>Takes orders back: those in the house at once, those at the broker as soon as it gives them up.</summary>
/// <param name="userId">Whose orders.</param>
/// <param name="orderId">One of them; null for all.</param>
/// <param name="detail">Why, where their owner did not ask for it.</param>
internal sealed class Cancellation(Guid userId, Guid? orderId, string? detail = null) : BookQuestion<IReadOnlyList<Guid>>
{
    public override IEnumerable<Guid> Users => [userId];

    protected override IReadOnlyList<Guid> Decide(BookWork work)
    {
        var canceled = new List<Guid>();
        foreach (var order in work.House.FindAccount(userId)?.Orders.Where(order => order.IsOpen && (orderId is null || order.Id == orderId)).ToArray() ?? [])
        {
            work.House.Cancel(order, detail);
            work.Moved.Add(order.Symbol);
            canceled.Add(order.Id);
        }

        return canceled;
    }
}
