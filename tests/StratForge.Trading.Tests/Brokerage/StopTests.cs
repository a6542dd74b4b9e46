using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
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
        Assert.Equal((108m, 103m), (order.Now.HighWater, House.StopOf(order)));
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
    }
}
