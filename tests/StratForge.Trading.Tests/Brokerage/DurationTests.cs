using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

public class DurationTests
{
    private readonly TradingFloor _floor = new();

    public DurationTests() => _floor.Quote(100, 100);

    [Fact]
    public void An_order_for_the_day_that_waits_in_the_house_ends_with_it_on_the_markets_clock()
    {
        var close = _floor.Now + TimeSpan.FromHours(1);
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10, limit: 90, expiresAt: close);
        _floor.Quote(100, 100, at: close - TimeSpan.FromSeconds(1));
        Assert.True(order.IsOpen);

        _floor.Quote(100, 100, at: close);
        Assert.Equal((OrderStatus.Expired, 100_000m), (order.Now.Status, user.Now.Cash));
    }

    [Fact]
    public void An_order_until_canceled_outlives_the_venues_day_and_goes_out_again()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, time: "gtc");
        var broker = _floor.Carrier(order);
        Assert.Equal("day", broker.Facts.TimeInForce);
        _floor.End(broker, OrderStatus.Expired);

        Assert.True(order.IsOpen);
        Assert.NotSame(broker, _floor.Carrier(order));
    }

    [Fact]
    public void An_order_for_the_day_ends_with_the_venues_day()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10);
        _floor.End(_floor.Carrier(order), OrderStatus.Expired);
        Assert.Equal(OrderStatus.Expired, order.Now.Status);
    }

    [Fact]
    public void What_an_immediate_order_did_not_get_at_once_is_canceled()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10, limit: 95, time: "ioc");
        var broker = _floor.Carrier(order);
        Assert.Equal(("ioc", 95m), (broker.Facts.TimeInForce, broker.Facts.LimitPrice));
        _floor.Fill(broker, 4, 95);
        _floor.End(broker, OrderStatus.Canceled);

        Assert.Equal((OrderStatus.Canceled, 4m), (order.Now.Status, order.Now.Filled));
        Assert.Equal((100_000m - 380m, 0m), (user.Now.Cash, user.Now.Reserved));
    }

    [Fact]
    public void An_order_the_venue_canceled_on_its_own_is_over()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10);
        _floor.End(_floor.Carrier(order), OrderStatus.Canceled);
        Assert.Equal(OrderStatus.Canceled, order.Now.Status);
    }
}
