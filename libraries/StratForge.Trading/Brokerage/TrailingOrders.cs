using StratForge.Contracts.Orders;

namespace StratForge.Trading.Brokerage;

/// <summary>The trailing stops of one waterline, those nearest to it first: a turning market comes to them first.</summary>
/// <param name="line">Their line.</param>
/// <param name="byAge">Which of two orders is the older.</param>
internal sealed class TrailingOrders(Waterline line, Comparer<Order> byAge)
{
    private readonly SortedSet<(decimal Distance, Order Order)> _byDollars = new(NearestFirst(byAge));
    private readonly SortedSet<(decimal Distance, Order Order)> _byPercent = new(NearestFirst(byAge));

    /// <summary>Their line.</summary>
    public Waterline Line { get; set; } = line;

    public int Count => _byDollars.Count + _byPercent.Count;

    public IEnumerable<Order> All => _byDollars.Concat(_byPercent).Select(one => one.Order);

    /// <summary>The stop that a turning market comes to first, USD; null without orders.</summary>
    public decimal? FirstStop
    {
        get
        {
            decimal? dollars = _byDollars.Count > 0 ? House.StopOf(_byDollars.Min.Order) : null;
            decimal? percent = _byPercent.Count > 0 ? House.StopOf(_byPercent.Min.Order) : null;
            return (dollars, percent) switch
            {
                ({ } one, { } other) => Line.Side == Side.Sell ? decimal.Max(one, other) : decimal.Min(one, other),
                _ => dollars ?? percent,
            };
        }
    }

    public void Add(Order order)
    {
        order.Trailing = this;
        SetOf(order).Add((DistanceOf(order), order));
    }

    public void Remove(Order order)
    {
        order.Trailing = null;
        SetOf(order).Remove((DistanceOf(order), order));
    }

    /// <summary>Those whose stop a price reaches. They must not change meanwhile.</summary>
    public IEnumerable<Order> ReachedBy(decimal price) =>
        _byDollars.TakeWhile(one => IsReached(one.Order, price)).Concat(_byPercent.TakeWhile(one => IsReached(one.Order, price))).Select(one => one.Order);

    private static bool IsReached(Order order, decimal price) =>
        order.Side == Side.Sell ? price <= House.StopOf(order) : price >= House.StopOf(order);

    private static decimal DistanceOf(Order order) => order.Terms.TrailPrice ?? order.Terms.TrailPercent!.Value;

    private static Comparer<(decimal Distance, Order Order)> NearestFirst(Comparer<Order> byAge) => Comparer<(decimal Distance, Order Order)>.Create((one, other) =>
        one.Distance.CompareTo(other.Distance) is not 0 and var order ? order : byAge.Compare(one.Order, other.Order));

    private SortedSet<(decimal Distance, Order Order)> SetOf(Order order) => order.Terms.TrailPrice is null ? _byPercent : _byDollars;
}
