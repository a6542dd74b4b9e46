using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

/// <summary>Selling what is not held, and sides of zero.</summary>
public class ShortSaleTests
{
    private readonly TradingFloor _floor = new();

    public ShortSaleTests() => _floor.Quote(100, 100, isFresh: false);

    [Fact]
    public void A_short_sale_keeps_what_it_brings_and_half_of_it_again_as_margin()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Sell, 10, mayShort: true);
        Assert.Equal(510m, user.Now.Reserved);
        _floor.Fill(order, 100);

        Assert.Equal((99_490m, 0m, 1510m), (user.Now.Cash, user.Now.Reserved, user.Now.Margin));
        Assert.Equal((-10m, 100m, 1510m), (order.Position.Now.Quantity, order.Position.Now.AveragePrice, order.Position.Now.Margin));
    }

    [Fact]
    public void Buying_it_back_is_paid_out_of_the_margin()
    {
        var user = _floor.Open(units: -10);
        var order = _floor.Place(user, Side.Buy, 10);
        Assert.Equal((0m, 10m), (order.Now.ReservedCash, order.Position.Now.Reserved));
        _floor.Fill(_floor.Carrier(order), 4, 90);
        _floor.Fill(_floor.Carrier(order), 6, 90);

        Assert.Equal((100_600m, 0m), (user.Now.Cash, user.Now.Margin));
        Assert.Equal((0m, 100m), (order.Position.Now.Quantity, order.Position.Now.RealisedPnl));
    }

    [Fact]
    public void Who_may_not_sell_short_is_refused_what_he_does_not_hold() =>
        Assert.Equal(
            "INSUFFICIENT_QUANTITY: required=10 available=0 incoming=0", _floor.Try(_floor.Open(), Side.Sell, 10).Detail);

    [Fact]
    public void Nobody_sells_coins_short()
    {
        _floor.Quote(100, 100, TradingFloor.Coin);
        Assert.Equal(
            "INSUFFICIENT_QUANTITY", _floor.Try(_floor.Open(), Side.Sell, 1, symbol: TradingFloor.Coin, time: "gtc", mayShort: true).Code);
    }

    [Theory]
    [InlineData(Side.Sell, 10)]
    [InlineData(Side.Buy, -10)]
    public void No_order_crosses_zero(Side side, int held) =>
        Assert.Equal(
            "INSUFFICIENT_QUANTITY: required=15 available=10 incoming=0", _floor.Try(_floor.Open(units: held), side, 15, mayShort: true).Detail);

    [Fact]
    public void Nobody_buys_while_a_short_sale_of_the_same_position_is_open()
    {
        var user = _floor.Open();
        _floor.Place(user, Side.Sell, 10, mayShort: true);
        Assert.StartsWith("OPPOSITE_ORDER_OPEN", _floor.Try(user, Side.Buy, 10).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_sale_that_cannot_be_backed_is_refused() =>
        Assert.Equal(
            "INSUFFICIENT_FUNDS: required=510 available=500", _floor.Try(_floor.Open(cash: 500), Side.Sell, 10, mayShort: true).Detail);

    [Fact]
    public void A_sale_counts_on_units_that_the_positions_own_purchase_brings_and_waits_for_them()
    {
        var user = _floor.Open();
        var purchase = _floor.Place(user, Side.Buy, 10);
        var sale = _floor.Place(user, Side.Sell, 10);
        Assert.Equal((0m, true), (sale.Now.ReservedUnits, sale.IsInHouse));
        Assert.Equal("INSUFFICIENT_QUANTITY", _floor.Try(user, Side.Sell, 1).Code);

        _floor.Fill(purchase, 100);
        Assert.Equal((10m, false), (sale.Now.ReservedUnits, sale.IsInHouse));
    }

    [Fact]
    public void A_sale_that_counted_on_a_purchase_is_refused_when_that_ends()
    {
        var user = _floor.Open();
        var purchase = _floor.Place(user, Side.Buy, 10);
        var sale = _floor.Place(user, Side.Sell, 10);
        _floor.End(_floor.Carrier(purchase), OrderStatus.Canceled);

        Assert.Equal((OrderStatus.Rejected, "INSUFFICIENT_QUANTITY"), (sale.Now.Status, sale.Now.Code));
    }
}
