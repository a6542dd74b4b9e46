using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Persistence;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>What one request or one market step is changing; it becomes one commit.</summary>
internal sealed class Draft(AccountBook book, DateTimeOffset at)
{
    private readonly Dictionary<Guid, Order> _orders = [];
    private readonly List<Execution> _executions = [];
    private readonly List<OrderUpdate> _updates = [];
    private readonly Dictionary<Guid, Watchlist> _watchlists = [];
    private readonly List<Guid> _dropped = [];
    private AccountConfiguration? _configuration;
    private EquityMark? _equity;
    private OwnEntry? _ownEntry;

    public DateTimeOffset At => at;

    public IReadOnlyList<OrderUpdate> Updates => _updates;

    public bool IsEmpty => _orders.Count == 0 && _executions.Count == 0 && _configuration is null && _equity is null
        && _watchlists.Count == 0 && _dropped.Count == 0 && _ownEntry is null;

    public void Put(Order order)
    {
        book.Put(order);
        _orders[order.Id] = order;
    }

    public decimal Book(Execution execution)
    {
        _executions.Add(execution);
        return book.Book(execution);
    }

    public void Book(OwnEntry entry)
    {
        book.Book(entry);
        _ownEntry = entry;
    }

    public void Configure(AccountConfiguration configuration)
    {
        book.Configure(configuration);
        _configuration = configuration;
    }

    public void Keep(Watchlist list)
    {
        book.Keep(list);
        _watchlists[list.Id] = list;
    }

    public void Drop(Watchlist list)
    {
        book.DropWatchlist(list.Id);
        _dropped.Add(list.Id);
    }

    public void MarkEquity(EquityMark mark)
    {
        book.MarkEquity(mark);
        _equity = mark;
    }

    public void Say(OrderUpdate update) => _updates.Add(update);

    public Commit ToCommit(long number) => new(
        number,
        at,
        Orders: _orders.Count > 0 ? [.. _orders.Values] : null,
        Executions: _executions.Count > 0 ? _executions : null,
        Configuration: _configuration,
        Equity: _equity,
        OwnEntry: _ownEntry,
        Watchlists: _watchlists.Count > 0 ? [.. _watchlists.Values] : null,
        DroppedWatchlists: _dropped.Count > 0 ? _dropped : null);
}
