using System.Runtime.InteropServices;
using StratForge.Contracts.Calendar;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary>Everything the account remembers. Changed only by applying commits, so that a journal of them is the account.</summary>
internal sealed class AccountBook
{
    private readonly List<Guid> _submitted = [];
    private readonly Dictionary<Guid, Order> _orders = [];
    private readonly Dictionary<string, Guid> _byClientOrderId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Guid>> _openBySymbol = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, List<Guid>> _legs = [];
    private readonly List<Execution> _executions = [];
    private readonly List<OwnEntry> _ownEntries = [];
    private readonly SortedDictionary<string, Position> _positions = new(StringComparer.Ordinal);
    private readonly List<EquityMark> _equity = [];
    private readonly List<Watchlist> _watchlists = [];

    public Guid AccountId { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public decimal StartingCash { get; private set; }

    public decimal Cash { get; private set; }

    /// <summary>Buying power that open orders hold, dollars.</summary>
    public decimal HeldCash { get; private set; }

    /// <summary>Where the market clock stood at the last commit.</summary>
    public DateTimeOffset At { get; private set; }

    public long LastCommit { get; private set; }

    public AccountConfiguration Configuration { get; private set; } = new();

    public IReadOnlyCollection<Position> Positions => _positions.Values;

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<Watchlist> Watchlists => _watchlists;

    /// <summary>In the order in which they happened.</summary>
    public IReadOnlyList<Execution> Executions => _executions;

    /// <summary>What the exchange booked by itself, in the order in which it did.</summary>
    public IReadOnlyList<OwnEntry> OwnEntries => _ownEntries;

    /// <summary>Equity at each close, oldest first.</summary>
    public IReadOnlyList<EquityMark> Equity => _equity;

    /// <summary>Equity at the last close before <paramref name="today"/>; that of the account's opening before its first.</summary>
    public decimal LastEquity(DateOnly today)
    {
        var index = _equity.Count - 1;
        while (index > 0 && NewYork.DateOf(_equity[index].At) >= today)
        {
            index--;
        }

        return _equity[index].Equity;
    }

    /// <summary>Ids in the order of submission.</summary>
    public IReadOnlyList<Guid> Submitted => _submitted;

    /// <summary>Where an order stands in <see cref="Submitted"/>; null when there is none of that id.</summary>
    public int? PlaceOf(Guid id) => _orders.ContainsKey(id) ? _submitted.LastIndexOf(id) : null;

    public int OpenOrders => _openBySymbol.Values.Sum(open => open.Count);

    public Order? Find(Guid id) => _orders.GetValueOrDefault(id);

    public Order? FindByClientOrderId(string clientOrderId) =>
        _byClientOrderId.TryGetValue(clientOrderId, out var id) ? _orders[id] : null;

    /// <summary>The legs that hang on an order, in the order of submission, without those that another has replaced.</summary>
    public IReadOnlyList<Order> LegsOf(Guid parentId) => _legs.TryGetValue(parentId, out var legs)
        ? [.. legs.Select(id => _orders[id]).Where(leg => leg.Status != OrderStatus.Replaced)]
        : [];

    public Position? PositionIn(string symbol) => _positions.GetValueOrDefault(symbol);

    /// <summary>Ids of the open orders of a symbol, oldest first.</summary>
    public ReadOnlySpan<Guid> OpenIn(string symbol) =>
        _openBySymbol.TryGetValue(symbol, out var open) ? CollectionsMarshal.AsSpan(open) : [];

    public bool HasOpen(string symbol) => _openBySymbol.TryGetValue(symbol, out var open) && open.Count > 0;

    /// <summary>Units of a position that open closing orders hold.</summary>
    public decimal HeldUnits(string symbol)
    {
        var held = 0m;
        foreach (var id in OpenIn(symbol))
        {
            held += _orders[id].HeldUnits;
        }

        return held;
    }

    /// <summary>The open orders of every symbol, in the order of submission.</summary>
    public List<Order> AllOpen() =>
        [.. _openBySymbol.Values.SelectMany(ids => ids).Select(id => _orders[id]).OrderBy(order => order.SubmittedAt)];

    public void Open(Guid accountId, decimal cash, DateTimeOffset at)
    {
        (AccountId, StartingCash, Cash, CreatedAt, At) = (accountId, cash, cash, at, at);
        _equity.Add(new EquityMark(at, cash));
    }

    public void MoveClock(DateTimeOffset at, long commit) => (At, LastCommit) = (at, commit);

    public void Configure(AccountConfiguration configuration) => Configuration = configuration;

    public void MarkEquity(EquityMark mark) => _equity.Add(mark);

    public Watchlist? FindWatchlist(Guid id) => _watchlists.Find(list => list.Id == id);

    /// <summary>Takes a new list, or the next state of one that is there.</summary>
    public void Keep(Watchlist list)
    {
        var index = _watchlists.FindIndex(held => held.Id == list.Id);
        if (index < 0)
        {
            _watchlists.Add(list);
        }
        else
        {
            _watchlists[index] = list;
        }
    }

    public void DropWatchlist(Guid id) => _watchlists.RemoveAll(list => list.Id == id);

    /// <summary>Takes an order's next state.</summary>
    public void Put(Order order)
    {
        var before = _orders.GetValueOrDefault(order.Id);
        _orders[order.Id] = order;
        if (before is null)
        {
            _submitted.Add(order.Id);
            _byClientOrderId[order.ClientOrderId] = order.Id;
        }

        if (order.ParentId != before?.ParentId)
        {
            Hang(order, before?.ParentId);
        }

        HeldCash += (order.IsOpen ? order.HeldCash : 0m) - (before is { IsOpen: true } ? before.HeldCash : 0m);
        var (wasOpen, isOpen) = (before is { IsOpen: true }, order.IsOpen);
        if (wasOpen == isOpen)
        {
            return;
        }

        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_openBySymbol, order.Symbol, out _);
        open ??= [];
        if (isOpen)
        {
            open.Add(order.Id);
        }
        else
        {
            open.Remove(order.Id);
        }
    }

    // A leg moves when its parent is replaced.
    private void Hang(Order leg, Guid? before)
    {
        if (before is { } former)
        {
            _legs[former].Remove(leg.Id);
        }

        if (leg.ParentId is { } parent)
        {
            ref var legs = ref CollectionsMarshal.GetValueRefOrAddDefault(_legs, parent, out _);
            (legs ??= []).Add(leg.Id);
        }
    }

    /// <summary>Books an execution: cash, position, activity. The order's own state comes by <see cref="Put"/>.</summary>
    /// <returns>The signed position after it.</returns>
    public decimal Book(Execution execution)
    {
        _executions.Add(execution);
        Cash += execution.Cash;
        var after = Position.After(_positions.GetValueOrDefault(execution.Symbol), execution);
        if (after is null)
        {
            _positions.Remove(execution.Symbol);
        }
        else
        {
            _positions[execution.Symbol] = after;
        }

        return after?.Quantity ?? 0m;
    }

    /// <summary>Books something that is no execution: cash, and units where it takes some.</summary>
    public void Book(OwnEntry entry)
    {
        _ownEntries.Add(entry);
        Cash += entry.Cash;
        if (entry is { Units: not 0m, Symbol: { } symbol } && _positions.GetValueOrDefault(symbol) is { } held)
        {
            if (held.Quantity + entry.Units == 0m)
            {
                _positions.Remove(symbol);
            }
            else
            {
                _positions[symbol] = held with { Quantity = held.Quantity + entry.Units };
            }
        }
    }

    public AccountSnapshot Snapshot() => new(
        LastCommit,
        At,
        AccountId,
        CreatedAt,
        StartingCash,
        Cash,
        Configuration,
        [.. _submitted.Select(id => _orders[id])],
        [.. _executions],
        [.. _positions.Values],
        [.. _equity],
        [.. _ownEntries],
        [.. _watchlists]);

    public static AccountBook From(AccountSnapshot snapshot)
    {
        var book = new AccountBook
        {
            LastCommit = snapshot.LastCommit,
            At = snapshot.At,
            AccountId = snapshot.AccountId,
            CreatedAt = snapshot.CreatedAt,
            StartingCash = snapshot.StartingCash,
            Cash = snapshot.Cash,
            Configuration = snapshot.Configuration,
        };
        foreach (var order in snapshot.Orders)
        {
            book.Put(order);
        }

        book._executions.AddRange(snapshot.Executions);
        book._equity.AddRange(snapshot.Equity);
        book._ownEntries.AddRange(snapshot.OwnEntries ?? []);
        book._watchlists.AddRange(snapshot.Watchlists ?? []);
        foreach (var position in snapshot.Positions)
        {
            book._positions[position.Symbol] = position;
        }

        return book;
    }
}

/// <summary>The whole account at one commit.</summary>
internal sealed record AccountSnapshot(
    long LastCommit,
    DateTimeOffset At,
    Guid AccountId,
    DateTimeOffset CreatedAt,
    decimal StartingCash,
    decimal Cash,
    AccountConfiguration Configuration,
    IReadOnlyList<Order> Orders,
    IReadOnlyList<Execution> Executions,
    IReadOnlyList<Position> Positions,
    IReadOnlyList<EquityMark> Equity,
    IReadOnlyList<OwnEntry>? OwnEntries = null,
    IReadOnlyList<Watchlist>? Watchlists = null);
