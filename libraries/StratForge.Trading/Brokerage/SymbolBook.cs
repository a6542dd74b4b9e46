using StratForge.Contracts.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>Everything open in one symbol: the orders at home, and what is at the broker.</summary>
public sealed class SymbolBook
{
    private static readonly Comparer<BrokerOrder> s_byAge = Comparer<BrokerOrder>.Create(static (one, other) =>
        one.Facts.CreatedAt.CompareTo(other.Facts.CreatedAt) is not 0 and var byTime ? byTime : one.Id.CompareTo(other.Id));

    private readonly RestingOrders _atHome;
    private readonly SortedSet<BrokerOrder> _buys = new(s_byAge);
    private readonly SortedSet<BrokerOrder> _sells = new(s_byAge);

    // The lowest limit to buy is the first that a rising market leaves behind.
    private readonly PriceLadder<BrokerOrder> _buyLimits = new(highestFirst: false, s_byAge);
    private readonly PriceLadder<BrokerOrder> _sellLimits = new(highestFirst: true, s_byAge);
    private readonly HashSet<SymbolBook> _changed;

    /// <param name="symbol">The symbol.</param>
    /// <param name="changed">Where it puts itself when what is open in it changes.</param>
    /// <param name="touch">Told of waterlines that change.</param>
    internal SymbolBook(string symbol, HashSet<SymbolBook> changed, Action<ITracked> touch)
    {
        Symbol = symbol;
        _atHome = new RestingOrders(symbol, line =>
        {
            changed.Add(this);
            touch(line);
        });
        _changed = changed;
    }

    /// <summary>The symbol.</summary>
    public string Symbol { get; }

    /// <summary>Open orders that no broker order carries, oldest first.</summary>
    public IEnumerable<Order> AtHome => _atHome.All;

    /// <summary>Broker orders that are open or were until this unit of work, oldest first.</summary>
    public IEnumerable<BrokerOrder> BrokerOrders => _buys.Concat(_sells).Order(s_byAge);

    /// <summary>Units of all users together, long less short: what the account at the broker holds, as far as it was booked.</summary>
    public decimal Net { get; internal set; }

    /// <summary>Whether the symbol has anything open.</summary>
    public bool IsQuiet => _atHome.Count == 0 && _buys.Count == 0 && _sells.Count == 0;

    /// <summary>What the market has to do before anything here can move on.</summary>
    public PriceWatch Watch => _atHome.Watch(isRestless: _buys.Count + _sells.Count > 0);

    /// <summary>Units that broker orders of one side may still trade.</summary>
    /// <param name="side">The side.</param>
    public decimal InFlight(Side side) => Of(side).Where(order => order.IsOpen).Sum(order => order.Remaining);

    /// <summary>The first open broker order that the venue would not take a new one of the other side beside: the two could trade with each
    /// other, or both would open a position, one long and one short.</summary>
    /// <param name="side">Side of the new one.</param>
    /// <param name="limit">Its limit; null for a market order.</param>
    public BrokerOrder? Opposing(Side side, decimal? limit) =>
        Of(side == Side.Buy ? Side.Sell : Side.Buy).FirstOrDefault(open => open.IsOpen && (Net == 0 || WouldTrade(side, limit, open.Facts.LimitPrice)));

    /// <summary>Orders at home, by what they wait for.</summary>
    internal RestingOrders Resting => _atHome;

    /// <summary>Broker orders of one side that were made before an instant, oldest first.</summary>
    internal IEnumerable<BrokerOrder> MadeBefore(DateTimeOffset instant, Side side) => Of(side).TakeWhile(order => order.Facts.CreatedAt <= instant);

    /// <summary>Broker orders with a limit that the market does not reach.</summary>
    internal IEnumerable<BrokerOrder> LeftBy(MarketView market) => _buyLimits.Before(market.Offer).Concat(_sellLimits.Before(market.Demand));

    /// <summary>Whether two opposite orders could trade with each other.</summary>
    /// <param name="side">Side of the first.</param>
    /// <param name="limit">Limit of the first; null for a market order.</param>
    /// <param name="otherLimit">Limit of the other; null for a market order.</param>
    public static bool WouldTrade(Side side, decimal? limit, decimal? otherLimit) =>
        limit is not { } own || otherLimit is not { } other || (side == Side.Buy ? own >= other : own <= other);

    /// <summary>Lets trailing stops follow a price; those that see their first begin there.</summary>
    /// <param name="last">The price, USD.</param>
    /// <param name="begin">Lets an order remember since when it trails.</param>
    internal void Trail(decimal last, Action<Order, long> begin)
    {
        _atHome.TrailsOf(Side.Buy).Follow(last);
        _atHome.TrailsOf(Side.Sell).Follow(last);
        foreach (var order in _atHome.Untrailed())
        {
            begin(order, _atHome.TrailsOf(order.Side).Join(last));
        }
    }

    /// <summary>Puts an order where its state says it is.</summary>
    internal void Place(Order order)
    {
        _atHome.Put(order);
        _changed.Add(this);
    }

    /// <summary>Takes note of when an order's time runs out now.</summary>
    internal void Postpone(Order order, DateTimeOffset? before)
    {
        _atHome.Postpone(order, before);
        _changed.Add(this);
    }

    internal void Remove(Order order)
    {
        _atHome.Remove(order);
        _changed.Add(this);
    }

    internal void Add(BrokerOrder order)
    {
        Of(order.Facts.Side).Add(order);
        if (order.Facts.LimitPrice is { } limit)
        {
            LimitsOf(order.Facts.Side).Add(limit, order);
        }

        _changed.Add(this);
    }

    internal void Remove(BrokerOrder order)
    {
        Of(order.Facts.Side).Remove(order);
        if (order.Facts.LimitPrice is { } limit)
        {
            LimitsOf(order.Facts.Side).Remove(limit, order);
        }

        _changed.Add(this);
    }

    private SortedSet<BrokerOrder> Of(Side side) => side == Side.Buy ? _buys : _sells;

    private PriceLadder<BrokerOrder> LimitsOf(Side side) => side == Side.Buy ? _buyLimits : _sellLimits;
}
