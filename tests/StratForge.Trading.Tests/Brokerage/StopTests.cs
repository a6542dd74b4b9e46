using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

public class StopTests
{
    private readonly TradingFloor _floor = new();

    public StopTests() => _floor.Quote(100, 100);

    [Fact]
    public void A_stop_to_sell_becomes_a_market_order_when_the_price_falls_to_it()
    {
        var order = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, stop: 95);
        _floor.Quote(95.01m, 95.01m);
        Assert.True(order.IsInHouse);

        _floor.Quote(95, 95);
        Assert.Equal(OrderType.Market, _floor.Carrier(order).Facts.Type);
        Assert.Equal(_floor.Now, order.Now.TriggeredAt);
    }

    [Fact]
    public void A_stop_to_buy_reserves_at_its_stop_and_goes_when_the_price_rises_to_it()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10, stop: 110);
        Assert.Equal(1122m, user.Now.Reserved);
        _floor.Quote(109.99m, 109.99m);
        Assert.True(order.IsInHouse);

        _floor.Quote(111, 111);
        Assert.Equal(112.20m, _floor.Carrier(order).Facts.LimitPrice);
    }

    [Fact]
    public void A_reached_stop_with_a_limit_waits_until_the_limit_is_reached_too()
    {
        var order = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, limit: 94.50m, stop: 95);
        _floor.Quote(94, 94);
        Assert.NotNull(order.Now.TriggeredAt);
        Assert.True(order.IsInHouse);

        _floor.Quote(96, 96);
        Assert.Equal(94.50m, _floor.Carrier(order).Facts.LimitPrice);
    }

    [Fact]
    public void A_trailing_stop_follows_the_best_price_and_never_goes_back()
    {
        var order = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 5);
        Assert.Equal(95m, House.StopOf(order));
        _floor.Quote(108, 108);
        _floor.Quote(104, 104);
        Assert.Equal((108m, 103m), (order.HighWater, House.StopOf(order)));
        Assert.True(order.IsInHouse);

        _floor.Quote(103, 103);
        Assert.False(order.IsInHouse);
    }

    [Fact]
    public void A_trailing_stop_to_buy_follows_the_lowest_price_by_percent()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, trailPercent: 10);
        _floor.Quote(90, 90);
        Assert.Equal(99m, House.StopOf(order));
        _floor.Quote(98.99m, 98.99m);
        Assert.True(order.IsInHouse);

        _floor.Quote(99, 99);
        Assert.False(order.IsInHouse);
        Assert.Equal((90m, null), (order.Now.HighWater, order.Now.TrailsSince));
    }

    [Fact]
    public void A_new_best_price_is_written_once_for_all_that_had_seen_the_last()
    {
        Order[] orders = [.. Enumerable.Range(1, 50).Select(i => _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: i))];
        RouteAt(101);

        Assert.Empty(_floor.House.Pending.Touched<Order>());
        Assert.Equal(new WaterlineState(101), Assert.Single(_floor.House.Pending.Touched<Waterline>()).Now);
        Assert.All(orders, order => Assert.Equal(101m, order.HighWater));
    }

    [Fact]
    public void Who_came_later_at_a_worse_price_follows_alone_until_a_price_is_the_best_for_all()
    {
        var early = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 50);
        _floor.Quote(98, 98);
        var late = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trailPercent: 50);
        _floor.Quote(99, 99);
        Assert.Equal((100m, 99m), (early.HighWater, late.HighWater));

        RouteAt(100);
        Assert.Equal((100m, 100m), (early.HighWater, late.HighWater));
        Assert.True(Assert.Single(_floor.House.Pending.Touched<Waterline>()).Now.IsGone);
        Assert.Empty(_floor.House.Pending.Touched<Order>());

        _floor.House.Undo();
        Assert.Equal((100m, 99m), (early.HighWater, late.HighWater));
        _floor.Quote(101, 101);
        Assert.Equal((101m, 51m, 50.5m), (early.HighWater, House.StopOf(early), House.StopOf(late)));
    }

    [Fact]
    public void Many_who_came_later_follow_with_the_one_who_came_first()
    {
        var early = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 50);
        _floor.Quote(98, 98);
        Order[] late = [.. Enumerable.Range(1, 5).Select(i => _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: i))];
        _floor.Quote(102, 102);
        Assert.All(late.Append(early), order => Assert.Equal(102m, order.HighWater));

        _floor.Quote(100, 100);
        Assert.Equal([false, false, true, true, true], late.Select(order => order.IsInHouse));
    }

    [Fact]
    public void The_last_one_takes_its_line_along()
    {
        var order = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 5);
        _floor.House.Cancel(order);

        Assert.True(Assert.Single(_floor.House.Pending.Touched<Waterline>()).Now.IsGone);
        Assert.Equal((100m, null), (order.Now.HighWater, order.Now.TrailsSince));
    }

    [Fact]
    public void A_house_that_is_read_anew_goes_on_from_the_lines_that_were_stored()
    {
        var user = _floor.Open(units: 10);
        var terms = new OrderTerms(TradingFloor.Stock, Side.Sell, 1, OrderType.TrailingStop, "day", null, null, 5, null);
        var progress = new OrderProgress(OrderStatus.Accepted, ReservedUnits: 1);
        _floor.House.RestoreWaterline(TradingFloor.Stock, Side.Sell, 7, 103);
        _floor.House.RestoreWaterline(TradingFloor.Stock, Side.Sell, 4, 110);

        // Line 5 was passed, and became one with 4.
        decimal?[] waters = [.. new long[] { 4, 5, 7, 9 }.Select(since => _floor.House.Restore(
            user.UserId, null, new OrderFacts(Guid.CreateVersion7(_floor.Now), terms, PositionEffect.Close, null, _floor.Now), progress with { TrailsSince = since }).HighWater)];
        Assert.Equal([110, 110, 103, 103], waters);

        var next = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 5);
        Assert.Equal((100m, 10L), (next.HighWater, next.Now.TrailsSince));
        Assert.Throws<InvalidOperationException>(() => _floor.House.Restore(
            user.UserId, null, new OrderFacts(Guid.CreateVersion7(_floor.Now), terms, PositionEffect.Close, null, _floor.Now), progress with { TrailsSince = 3 }));
    }

    private void RouteAt(decimal price) =>
        _floor.House.Route([TradingFloor.Stock], _ => new MarketView(price, price, price, _floor.Now, IsFresh: true), _floor.Now, slots: 10);
}
