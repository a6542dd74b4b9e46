using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Persistence;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>What one request or one market step is changing; it becomes one commit.</summary>
/// <remarks>Each change is noted before it is made: a draft that is empty has changed nothing, whatever failed.</remarks>
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
        _orders[order.Id] = order;
        book.Put(order);
    }

    public decimal Book(Execution execution)
    {
        _executions.Add(execution);
        return book.Book(execution);
    }

    public void Book(OwnEntry entry)
    {
        _ownEntry = entry;
        book.Book(entry);
    }

    public void Configure(AccountConfiguration configuration)
    {
        _configuration = configuration;
        book.Configure(configuration);
    }

    public void Keep(Watchlist list)
    {
        _watchlists[list.Id] = list;
        book.Keep(list);
    }

    public void Drop(Watchlist list)
    {
        _dropped.Add(list.Id);
        book.DropWatchlist(list.Id);
    }

    public void MarkEquity(EquityMark mark)
    {
        _equity = mark;
        book.MarkEquity(mark);
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
