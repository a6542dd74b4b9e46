using StratForge.Contracts.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>A user's money.</summary>
/// <param name="Cash">Free to spend, USD.</param>
/// <param name="Reserved">Promised to open orders, USD.</param>
/// <param name="Margin">Held against short positions, USD.</param>
/// <param name="LastEventId">Number of the newest event of the account; events are numbered without gaps.</param>
public sealed record AccountState(decimal Cash, decimal Reserved, decimal Margin, long LastEventId);

/// <summary>One user's virtual account: money, positions, open orders.</summary>
public sealed class Account : Tracked<AccountState>
{
    private readonly Dictionary<(Guid? SessionId, string Symbol), Position> _positions = [];
    private readonly LinkedList<Order> _orders = [];
    private readonly Dictionary<Guid, List<Order>> _families = [];
    private readonly OpenInterest _interest = new();

    // In the order of time.
    private readonly List<DateTimeOffset> _recent = [];

    internal Account(Guid userId, AccountState state)
        : base(state, isWritten: true) => UserId = userId;

    /// <summary>Its owner.</summary>
    public Guid UserId { get; }

    /// <summary>Its positions that are open, or could be again.</summary>
    public IReadOnlyCollection<Position> Positions => _positions.Values;

    /// <summary>Its orders that are open or were until this unit of work, oldest first.</summary>
    public IReadOnlyCollection<Order> Orders => _orders;

    /// <summary>How many of them are open.</summary>
    public int OpenOrders => _interest.Orders;

    /// <summary>Units that open orders of one side still want.</summary>
    /// <param name="symbol">Their symbol.</param>
    /// <param name="side">Their side.</param>
    public decimal Wanted(string symbol, Side side) => _interest.Of(symbol, side);

    /// <summary>The position of one session, or of trading by hand; flat when there is none yet.</summary>
    /// <param name="sessionId">The session; null for trading by hand.</param>
    /// <param name="symbol">Its symbol.</param>
    public Position PositionOf(Guid? sessionId, string symbol)
    {
        if (!_positions.TryGetValue((sessionId, symbol), out var position))
        {
            position = new Position(this, sessionId, symbol, Ledger.Holding.Flat, isWritten: false);
            _positions.Add((sessionId, symbol), position);
        }

        return position;
    }

    /// <summary>Orders taken in after <paramref name="since"/>.</summary>
    public int OrdersSince(DateTimeOffset since)
    {
        if (_recent.Count > 0 && _recent[0] <= since)
        {
            var kept = _recent.FindIndex(at => at > since);
            _recent.RemoveRange(0, kept < 0 ? _recent.Count : kept);
        }

        return _recent.Count;
    }

    /// <summary>Orders of one bracket or pair, without an entry that has no leg itself.</summary>
    /// <param name="root">Id of the entry, or of the first of the pair.</param>
    internal IReadOnlyList<Order> FamilyOf(Guid root) => _families.TryGetValue(root, out var family) ? family : [];

    internal void Add(Position position) => _positions[(position.SessionId, position.Symbol)] = position;

    /// <summary>Takes an order among its own.</summary>
    /// <returns>Its place there, for <see cref="Remove"/>.</returns>
    internal LinkedListNode<Order> Add(Order order)
    {
        if (RootOf(order) is { } root)
        {
            if (!_families.TryGetValue(root, out var family))
            {
                _families.Add(root, family = []);
            }

            family.Add(order);
        }

        return _orders.AddLast(order);
    }

    internal void Remove(LinkedListNode<Order> place)
    {
        _orders.Remove(place);
        if (RootOf(place.Value) is { } root && _families.TryGetValue(root, out var family) && family.Remove(place.Value) && family.Count == 0)
        {
            _families.Remove(root);
        }
    }

    /// <summary>An order wants more or less than before.</summary>
    internal void Weigh(Order order, Interest before, Interest after) => _interest.Change(order, before, after);

    /// <summary>Counts an order for <see cref="OrdersSince"/>.</summary>
    internal void Count(DateTimeOffset createdAt)
    {
        var place = _recent.Count;
        while (place > 0 && _recent[place - 1] > createdAt)
        {
            place--;
        }

        _recent.Insert(place, createdAt);
    }

    /// <summary>Takes that back.</summary>
    internal void Uncount(DateTimeOffset createdAt) => _recent.Remove(createdAt);

    internal void Set(AccountState state) => Now = state;

    private static Guid? RootOf(Order order) => order.Facts.ParentId ?? (order.Facts.Leg is null ? null : order.Id);

    private protected override void Vanish() => throw new InvalidOperationException("An account is opened elsewhere; it can't be new here.");
}
