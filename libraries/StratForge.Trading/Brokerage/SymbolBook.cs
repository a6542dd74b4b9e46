using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>Everything open in one symbol: the orders in the house, oldest first, and what is at the broker.</summary>
public sealed class SymbolBook
{
    private readonly List<Order> _orders = [];
    private readonly List<BrokerOrder> _brokerOrders = [];

    internal SymbolBook(string symbol) => Symbol = symbol;

    /// <summary>The symbol.</summary>
    public string Symbol { get; }

    /// <summary>Orders that are open or were until this unit of work, oldest first.</summary>
    public IReadOnlyList<Order> Orders => _orders;

    /// <summary>Broker orders that are open or were until this unit of work, oldest first.</summary>
    public IReadOnlyList<BrokerOrder> BrokerOrders => _brokerOrders;

    /// <summary>Units of all users together, long less short: what the account at the broker holds, as far as it was booked.</summary>
    public decimal Net { get; internal set; }

    /// <summary>Whether the symbol has anything open.</summary>
    public bool IsQuiet => _orders.Count == 0 && _brokerOrders.Count == 0;

    /// <summary>Units that broker orders of one side may still trade.</summary>
    public decimal InFlight(Side side) =>
        _brokerOrders.Where(order => order.IsOpen && order.Facts.Side == side).Sum(order => order.Remaining);

    /// <summary>The first open broker order that the venue would take for the other side of a wash trade with a new one.</summary>
    /// <param name="side">Side of the new one.</param>
    /// <param name="limit">Its limit; null for a market order.</param>
    public BrokerOrder? Opposing(Side side, decimal? limit) =>
        _brokerOrders.Find(open => open.IsOpen && open.Facts.Side != side && WouldTrade(side, limit, open.Facts.LimitPrice));

    /// <summary>Whether two opposite orders could trade with each other.</summary>
    /// <param name="side">Side of the first.</param>
    /// <param name="limit">Limit of the first; null for a market order.</param>
    /// <param name="otherLimit">Limit of the other; null for a market order.</param>
    public static bool WouldTrade(Side side, decimal? limit, decimal? otherLimit) =>
        limit is not { } own || otherLimit is not { } other || (side == Side.Buy ? own >= other : own <= other);

    internal void Add(Order order)
    {
        // Nearly always at the end; after a restart, and when a leg comes to life, in between.
        var at = _orders.Count;
        while (at > 0 && Compare(_orders[at - 1], order) > 0)
        {
            at--;
        }

        _orders.Insert(at, order);
    }

    internal void Remove(Order order) => _orders.Remove(order);

    internal void Add(BrokerOrder order) => _brokerOrders.Add(order);

    internal void Remove(BrokerOrder order) => _brokerOrders.Remove(order);

    private static int Compare(Order one, Order other)
    {
        var byTime = one.CreatedAt.CompareTo(other.CreatedAt);
        return byTime != 0 ? byTime : one.Id.CompareTo(other.Id);
    }
}
