using StratForge.Gateway.Bookkeeping;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Orders;

/// <summary>Sets when orders for the day end that were taken in while nobody knew: the venue was away since this gateway began, and no price came.</summary>
internal sealed class DayEnds(BooksStore store, BookKeeper books, MarketHours hours, TimeProvider clock, ILogger<DayEnds> logger)
    : LeaderRounds(books, LookEvery, clock, logger)
{
    // Finding nothing costs a look at an empty index.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly BookKeeper _books = books;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (hours.NextClose is { } close && await store.ListEndlessAsync(cancellationToken) is { Count: > 0 } endless)
        {
            await _books.AskAsync(new DayEnd(endless, close), cancellationToken);
        }
    }
}

/// <summary>Sets when orders end.</summary>
/// <param name="orders">The orders.</param>
/// <param name="at">On the market's clock.</param>
internal sealed class DayEnd(IReadOnlyList<Guid> orders, DateTimeOffset at) : BookQuestion<bool>
{
    protected override bool Decide(BookWork work)
    {
        var open = orders.Select(work.House.FindOrder).OfType<Order>().Where(order => order.IsOpen).ToArray();
        foreach (var order in open)
        {
            House.End(order, at);
            work.Moved.Add(order.Symbol);
        }

        work.Besides.Add(new Statement("update orders set expires_at = $2 where id = any ($1)", open.Select(order => order.Id).ToArray(), at));
        return true;
    }
}
