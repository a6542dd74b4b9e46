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
    private readonly List<Order> _orders = [];
    private readonly List<DateTimeOffset> _recent = [];

    internal Account(Guid userId, AccountState state)
        : base(state, isWritten: true) => UserId = userId;

    /// <summary>Its owner.</summary>
    public Guid UserId { get; }

    /// <summary>Its positions that are open, or could be again.</summary>
    public IReadOnlyCollection<Position> Positions => _positions.Values;

    /// <summary>Its orders that are open or were until this unit of work, oldest first.</summary>
    public IReadOnlyList<Order> Orders => _orders;

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
        _recent.RemoveAll(at => at <= since);
        return _recent.Count;
    }

    internal void Add(Position position) => _positions[(position.SessionId, position.Symbol)] = position;

    internal void Add(Order order) => _orders.Add(order);

    internal void Remove(Order order) => _orders.Remove(order);

    /// <summary>Counts an order for <see cref="OrdersSince"/>.</summary>
    internal void Count(DateTimeOffset createdAt) => _recent.Add(createdAt);

    /// <summary>Takes that back.</summary>
    internal void Uncount(DateTimeOffset createdAt) => _recent.Remove(createdAt);

    internal void Set(AccountState state) => Now = state;

    private protected override void Vanish() => throw new InvalidOperationException("An account is opened elsewhere; it can't be new here.");
}
