using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

public class WaitingSaleTests
{
    [Fact]
    public void A_sale_does_not_wait_for_a_purchase_that_waits_behind_it()
    {
        var floor = new TradingFloor();
        floor.Quote(100, 100.04m);
        var user = floor.Open();
        var first = floor.Place(user, Side.Buy, 8);
        var sale = floor.Place(user, Side.Sell, 8);
        var second = floor.Place(user, Side.Buy, 3);
        floor.End(floor.Carrier(first), OrderStatus.Canceled);

        Assert.Equal((OrderStatus.Rejected, "INSUFFICIENT_QUANTITY"), (sale.Now.Status, sale.Now.Code));
        Assert.NotNull(second.Now.BrokerOrderId);
    }

    [Fact]
    public void A_sale_waits_for_a_purchase_that_was_there_before_it()
    {
        var floor = new TradingFloor();
        floor.Quote(100, 100.04m);
        var user = floor.Open();
        var purchase = floor.Place(user, Side.Buy, 8);
        var sale = floor.Place(user, Side.Sell, 8);

        Assert.Equal(OrderStatus.Accepted, sale.Now.Status);
        floor.Fill(purchase, 100);
        Assert.Equal(8m, floor.Carrier(sale).Facts.Quantity);
    }
}
