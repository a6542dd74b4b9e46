using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>The orders of one symbol that wait in the house, by what they wait for: thousands may wait for their price while hardly any can move on,
/// and looking for those costs by the latter.</summary>
/// <param name="symbol">The symbol.</param>
/// <param name="touch">Told of waterlines that change.</param>
internal sealed class RestingOrders(string symbol, Action<ITracked> touch)
{
    private static readonly Comparer<Order> s_byAge = Comparer<Order>.Create(static (one, other) =>
        one.CreatedAt.CompareTo(other.CreatedAt) is not 0 and var byTime ? byTime : one.Id.CompareTo(other.Id));

    private readonly Dictionary<Order, Place> _places = [];
    private readonly SortedSet<Order> _awake = new(s_byAge);
    private readonly PriceLadder<Order> _buyLimits = new(highestFirst: true, s_byAge);
    private readonly PriceLadder<Order> _sellLimits = new(highestFirst: false, s_byAge);
    private readonly PriceLadder<Order> _buyStops = new(highestFirst: false, s_byAge);
    private readonly PriceLadder<Order> _sellStops = new(highestFirst: true, s_byAge);
    private readonly TrailingStops _buyTrails = new(symbol, Side.Buy, s_byAge, touch);
    private readonly TrailingStops _sellTrails = new(symbol, Side.Sell, s_byAge, touch);
    private readonly SortedSet<(DateTimeOffset At, Order Order)> _expiring = new(Comparer<(DateTimeOffset At, Order Order)>.Create(
        static (one, other) => one.At.CompareTo(other.At) is not 0 and var byTime ? byTime : s_byAge.Compare(one.Order, other.Order)));

    private enum Waiting
    {
        // Not here: it is over, or at the broker.
        Nowhere,

        // An exit whose entry is not filled yet.
        ForItsEntry,

        // Not for a price alone: it is looked at whenever the symbol is.
        Awake,
        ForItsLimit,
        ForItsStop,
        ForItsTrail,
    }

    /// <summary>How many there are.</summary>
    public int Count => _places.Count;

    /// <summary>All of them, oldest first.</summary>
    public IEnumerable<Order> All => _places.Keys.Order(s_byAge);

    /// <summary>What the market has to do before one of them can move on.</summary>
    /// <param name="isRestless">Whether something else of the symbol may move on with every price.</param>
    public PriceWatch Watch(bool isRestless) => new(
        isRestless || _awake.Count > 0, _buyLimits.First, _sellLimits.First, Lower(_buyStops.First, _buyTrails.FirstStop),
        Higher(_sellStops.First, _sellTrails.FirstStop), _buyTrails.FirstWater, _sellTrails.FirstWater, _expiring.Count > 0 ? _expiring.Min.At : null);

    /// <summary>Puts an order where its state says it is.</summary>
    public void Put(Order order)
    {
        var place = PlaceOf(order);
        var before = _places.GetValueOrDefault(order);
        if (place == before)
        {
            return;
        }

        Take(order, before);
        if (place.For == Waiting.Nowhere)
        {
            Forget(order);
            return;
        }

        if (before.For == Waiting.Nowhere && order.Facts.ExpiresAt is { } expires)
        {
            _expiring.Add((expires, order));
        }

        _places[order] = place;
        Give(order, place);
    }

    /// <summary>Takes note of when an order's time runs out now.</summary>
    /// <param name="order">The order.</param>
    /// <param name="before">When it ran out before; null when it did not.</param>
    public void Postpone(Order order, DateTimeOffset? before)
    {
        if (!_places.ContainsKey(order))
        {
            return;
        }

        if (before is { } old)
        {
            _expiring.Remove((old, order));
        }

        if (order.Facts.ExpiresAt is { } expires)
        {
            _expiring.Add((expires, order));
        }
    }

    /// <summary>Forgets an order, whatever its state.</summary>
    public void Remove(Order order)
    {
        Take(order, _places.GetValueOrDefault(order));
        Forget(order);
    }

    /// <summary>Those whose time has run out, oldest first.</summary>
    /// <param name="at">On the market's clock.</param>
    public Order[] ExpiredAt(DateTimeOffset at) =>
        _expiring.Count > 0 && _expiring.Min.At <= at ? [.. _expiring.TakeWhile(one => one.At <= at).Select(one => one.Order).Order(s_byAge)] : [];

    /// <summary>Trailing stops of one side.</summary>
    public TrailingStops TrailsOf(Side side) => side == Side.Buy ? _buyTrails : _sellTrails;

    /// <summary>Trailing stops that have not seen a price yet, oldest first.</summary>
    public Order[] Untrailed() => [.. _awake.Where(order => order.AwaitsStop)];

    /// <summary>Those that await a stop which a price reaches, oldest first. Trailing ones have followed it.</summary>
    /// <param name="last">The price, USD.</param>
    public Order[] StopsAt(decimal last) =>
    [
        .. _buyStops.UpTo(last).Concat(_sellStops.UpTo(last)).Concat(_buyTrails.ReachedBy(last)).Concat(_sellTrails.ReachedBy(last)).Order(s_byAge),
    ];

    /// <summary>Those that may move on where the market is, oldest first; stops that it reaches come after <see cref="StopsAt"/>.</summary>
    public Order[] ReadyAt(MarketView? market)
    {
        Order[] reached = market is { IsFresh: true } ? [.. _buyLimits.UpTo(market.Offer), .. _sellLimits.UpTo(market.Demand)] : [];
        return reached.Length == 0 ? [.. _awake] : [.. _awake.Concat(reached).Order(s_byAge)];
    }

    private void Give(Order order, Place place)
    {
        if (place.For == Waiting.Awake)
        {
            _awake.Add(order);
        }
        else if (place.Price is { } price)
        {
            LadderOf(order.Side, place.For).Add(price, order);
        }
        else if (place.For == Waiting.ForItsTrail)
        {
            TrailsOf(order.Side).Add(order);
        }
    }

    private void Take(Order order, Place place)
    {
        if (place.For == Waiting.Awake)
        {
            _awake.Remove(order);
        }
        else if (place.Price is { } price)
        {
            LadderOf(order.Side, place.For).Remove(price, order);
        }
        else if (place.For == Waiting.ForItsTrail)
        {
            TrailsOf(order.Side).Remove(order);
        }
    }

    private void Forget(Order order)
    {
        _places.Remove(order);
        if (order.Facts.ExpiresAt is { } expires)
        {
            _expiring.Remove((expires, order));
        }
    }

    private PriceLadder<Order> LadderOf(Side side, Waiting waiting) => (side, waiting) switch
    {
        (Side.Buy, Waiting.ForItsLimit) => _buyLimits,
        (_, Waiting.ForItsLimit) => _sellLimits,
        (Side.Buy, _) => _buyStops,
        _ => _sellStops,
    };

    private static decimal? Lower(decimal? one, decimal? other) => one is { } a && other is { } b ? decimal.Min(a, b) : one ?? other;

    private static decimal? Higher(decimal? one, decimal? other) => one is { } a && other is { } b ? decimal.Max(a, b) : one ?? other;

    // Nothing but its own state may decide: it is put again whenever that changes, and only then.
    private static Place PlaceOf(Order order)
    {
        if (!order.IsOpen || order.Now.BrokerOrderId is not null)
        {
            return default;
        }

        if (order.Now.Status == OrderStatus.Held)
        {
            return new Place(Waiting.ForItsEntry);
        }

        if (order.AwaitsStop)
        {
            return order.Terms.StopPrice is { } stop ? new Place(Waiting.ForItsStop, stop)
                : order.Now.TrailsSince is { } since ? new Place(Waiting.ForItsTrail, Since: since) : new Place(Waiting.Awake);
        }

        // One that may trade at once or not at all never rests; a sale that lacks units, a stop that was reached and what the venue held back are looked at
        // whatever the price.
        return order.Limit is { } limit && order.Terms.TimeInForce is not ("ioc" or "fok") && order.Facts.Leg != ExitLeg.StopLoss && order.Now.HeldUntil is null
            && (order.Facts.Effect != PositionEffect.Close || order.Now.ReservedUnits >= order.Remaining)
                ? new Place(Waiting.ForItsLimit, limit)
                : new Place(Waiting.Awake);
    }

    /// <param name="For">What it waits for.</param>
    /// <param name="Price">The limit or stop, USD.</param>
    /// <param name="Since">What a trailing stop remembers.</param>
    private readonly record struct Place(Waiting For, decimal? Price = null, long? Since = null);
}
