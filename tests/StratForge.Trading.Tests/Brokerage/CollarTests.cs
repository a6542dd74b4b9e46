using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

public class CollarTests
{
    private readonly TradingFloor _floor = new();

    public CollarTests()
    {
        _floor.Quote(99.98m, 100);
        _floor.Slots = 0;
    }

    [Fact]
    public void When_the_price_runs_away_before_a_purchase_is_sent_more_is_reserved()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10);
        Assert.Equal((102m, 1020m), (order.Now.CollarPrice, user.Now.Reserved));

        _floor.Quote(109, 110);
        Assert.Equal((112.20m, 1122m, 1122m), (order.Now.CollarPrice, order.Now.ReservedCash, user.Now.Reserved));

        _floor.Slots = 1;
        _floor.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(112.20m, _floor.Carrier(order).Facts.LimitPrice);
    }

    [Fact]
    public void Within_the_collar_nothing_more_is_reserved()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10);
        _floor.Quote(101, 102);
        Assert.Equal((102m, 1020m), (order.Now.CollarPrice, order.Now.ReservedCash));
    }

    [Fact]
    public void Who_has_no_more_when_the_price_ran_away_gets_everything_back_and_hears_why()
    {
        var user = _floor.Open(cash: 1100);
        var order = _floor.Place(user, Side.Buy, 10);
        _floor.Quote(109, 110);

        Assert.Equal((OrderStatus.Rejected, "INSUFFICIENT_FUNDS"), (order.Now.Status, order.Now.Code));
        Assert.Equal("INSUFFICIENT_FUNDS: required=102 available=80; the price rose to 110", order.Now.Detail);
        Assert.Equal((1100m, 0m), (user.Now.Cash, user.Now.Reserved));
    }

    [Fact]
    public void An_order_without_enough_cash_is_refused_with_figures()
    {
        var answer = _floor.Try(_floor.Open(cash: 1019.99m), Side.Buy, 10);
        Assert.Equal("INSUFFICIENT_FUNDS: required=1020 available=1019.99", answer.Detail);
    }

    [Fact]
    public void A_value_is_kept_beside_the_units_it_was_turned_into()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 2.5m, notional: 250);
        Assert.Equal((250m, 2.5m), (order.Facts.Notional, order.Quantity));
    }
}
