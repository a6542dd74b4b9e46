using StratForge.Contracts.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>Everything open in one symbol: the orders at home, and what is at the broker.</summary>
/// <remarks>Thousands may be at the broker while hardly any are at home: looking for what can move on costs by the latter.</remarks>
public sealed class SymbolBook
{
    private static readonly Comparer<BrokerOrder> s_byAge =
        Comparer<BrokerOrder>.Create(static (one, other) => Compare((one.Facts.CreatedAt, one.Id), (other.Facts.CreatedAt, other.Id)));

    private readonly SortedSet<Order> _atHome = new(Comparer<Order>.Create(static (one, other) => Compare((one.CreatedAt, one.Id), (other.CreatedAt, other.Id))));
    private readonly SortedSet<BrokerOrder> _buys = new(s_byAge);
    private readonly SortedSet<BrokerOrder> _sells = new(s_byAge);

    internal SymbolBook(string symbol) => Symbol = symbol;

    /// <summary>The symbol.</summary>
    public string Symbol { get; }

    /// <summary>Open orders that no broker order carries, oldest first.</summary>
    public IReadOnlyCollection<Order> AtHome => _atHome;

    /// <summary>Broker orders that are open or were until this unit of work, oldest first.</summary>
    public IEnumerable<BrokerOrder> BrokerOrders => _buys.Concat(_sells).Order(s_byAge);

    /// <summary>Units of all users together, long less short: what the account at the broker holds, as far as it was booked.</summary>
    public decimal Net { get; internal set; }

    /// <summary>Whether the symbol has anything open.</summary>
    public bool IsQuiet => _atHome.Count == 0 && _buys.Count == 0 && _sells.Count == 0;

    /// <summary>Units that broker orders of one side may still trade.</summary>
    /// <param name="side">The side.</param>
    public decimal InFlight(Side side) => Of(side).Where(order => order.IsOpen).Sum(order => order.Remaining);

    /// <summary>The first open broker order that the venue would not take a new one of the other side beside: the two could trade with each
    /// other, or both would open a position, one long and one short.</summary>
    /// <param name="side">Side of the new one.</param>
    /// <param name="limit">Its limit; null for a market order.</param>
    public BrokerOrder? Opposing(Side side, decimal? limit) =>
        Of(side == Side.Buy ? Side.Sell : Side.Buy).FirstOrDefault(open => open.IsOpen && (Net == 0 || WouldTrade(side, limit, open.Facts.LimitPrice)));

    /// <summary>Broker orders that were made before an instant.</summary>
    internal BrokerOrder[] MadeBefore(DateTimeOffset instant) =>
    [
        .. _buys.TakeWhile(order => order.Facts.CreatedAt <= instant),
        .. _sells.TakeWhile(order => order.Facts.CreatedAt <= instant),
    ];

    /// <summary>Whether two opposite orders could trade with each other.</summary>
    /// <param name="side">Side of the first.</param>
    /// <param name="limit">Limit of the first; null for a market order.</param>
    /// <param name="otherLimit">Limit of the other; null for a market order.</param>
    public static bool WouldTrade(Side side, decimal? limit, decimal? otherLimit) =>
        limit is not { } own || otherLimit is not { } other || (side == Side.Buy ? own >= other : own <= other);

    /// <summary>Puts an order where its state says it is.</summary>
    internal void Place(Order order)
    {
        if (order.IsOpen && order.Now.BrokerOrderId is null)
        {
            _atHome.Add(order);
        }
        else
        {
            _atHome.Remove(order);
        }
    }

    internal void Remove(Order order) => _atHome.Remove(order);

    internal void Add(BrokerOrder order) => Of(order.Facts.Side).Add(order);

    internal void Remove(BrokerOrder order) => Of(order.Facts.Side).Remove(order);

    private SortedSet<BrokerOrder> Of(Side side) => side == Side.Buy ? _buys : _sells;

    private static int Compare((DateTimeOffset At, Guid Id) one, (DateTimeOffset At, Guid Id) other)
    {
        var byTime = one.At.CompareTo(other.At);
        return byTime != 0 ? byTime : one.Id.CompareTo(other.Id);
    }
}
