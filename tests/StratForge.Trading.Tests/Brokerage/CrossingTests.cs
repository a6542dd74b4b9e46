using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

public class CrossingTests
{
    private readonly TradingFloor _floor = new();

    [Fact]
    public void Opposite_orders_of_two_users_meet_at_the_middle_of_a_fresh_quote_without_a_fee()
    {
        _floor.Quote(99, 101, TradingFloor.Coin);
        var buyer = _floor.Open();
        var seller = _floor.Open();
        _floor.Fill(_floor.Place(seller, Side.Buy, 2, symbol: TradingFloor.Coin, time: "gtc"), 100);
        var sale = _floor.Place(seller, Side.Sell, 1, limit: 100, symbol: TradingFloor.Coin, time: "gtc");
        var purchase = _floor.Place(buyer, Side.Buy, 0.5m, limit: 100, symbol: TradingFloor.Coin, time: "gtc");

        _floor.Quote(100, 100, TradingFloor.Coin);

        Assert.Equal(OrderStatus.Filled, purchase.Now.Status);
        Assert.Equal((OrderStatus.PartiallyFilled, 0.5m), (sale.Now.Status, sale.Now.Filled));
        var met = _floor.Trades.FindAll(trade => trade.BrokerOrderId is null);
        Assert.Equal(2, met.Count);
        Assert.Equal(met[0].ExecutionId, met[1].ExecutionId);
        Assert.All(met, trade => Assert.Equal((100m, 0.5m, 50m, 0m), (trade.Share.Price, trade.Share.Quantity, trade.Share.Cash, trade.Share.Fee)));
        Assert.Equal(0.5m, buyer.PositionOf(null, TradingFloor.Coin).Now.Quantity);
        Assert.Contains(_floor.Decisions, decision => decision is { Kind: "cross", Quantity: 0.5m, Price: 100m });
    }

    [Fact]
    public void The_oldest_of_each_side_meet_first()
    {
        var (one, two, seller) = (_floor.Open(), _floor.Open(), _floor.Open(units: 10));
        _floor.Quote(99, 99);
        _floor.Slots = 0;
        var first = _floor.Place(one, Side.Buy, 6);
        var second = _floor.Place(two, Side.Buy, 6);
        var sale = _floor.Place(seller, Side.Sell, 10);

        Assert.Equal((6m, 4m, 10m), (first.Now.Filled, second.Now.Filled, sale.Now.Filled));
    }

    [Fact]
    public void Orders_of_one_user_never_meet_even_between_his_sessions()
    {
        var user = _floor.Open(units: 10);
        _floor.Quote(99.98m, 100.02m);
        var sale = _floor.Place(user, Side.Sell, 10);
        var purchase = _floor.Place(user, Side.Buy, 10, session: Guid.CreateVersion7(_floor.Now));

        Assert.True(purchase.IsInHouse);
        Assert.DoesNotContain(_floor.Decisions, decision => decision.Kind == "cross");
        Assert.Contains(_floor.Decisions, decision => decision.Kind == "wait" && decision.OrderId == purchase.Id && decision.BrokerOrderId == sale.Now.BrokerOrderId);

        _floor.Fill(sale, 99.98m);

        Assert.False(purchase.IsInHouse);
    }

    [Fact]
    public void Nobody_meets_on_a_stale_quote()
    {
        _floor.Quote(100, 100, isFresh: false);
        _floor.Slots = 0;
        var purchase = _floor.Place(_floor.Open(), Side.Buy, 10);
        var sale = _floor.Place(_floor.Open(units: 10), Side.Sell, 10);
        _floor.Wait(TimeSpan.FromSeconds(1));

        Assert.Equal((0m, 0m), (purchase.Now.Filled, sale.Now.Filled));
    }

    [Fact]
    public void Nobody_pays_more_than_his_limit_or_gets_less_to_meet_another()
    {
        _floor.Quote(99, 101);
        _floor.Slots = 0;
        var purchase = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 99.99m, time: "ioc");
        var sale = _floor.Place(_floor.Open(units: 10), Side.Sell, 10);

        Assert.Equal((0m, 0m), (purchase.Now.Filled, sale.Now.Filled));
    }

    [Fact]
    public void An_order_for_all_or_nothing_goes_to_the_venue_instead_of_meeting_another()
    {
        _floor.Quote(100, 100);
        _floor.Slots = 0;
        var purchase = _floor.Place(_floor.Open(), Side.Buy, 10, time: "fok");
        var sale = _floor.Place(_floor.Open(units: 10), Side.Sell, 4);

        Assert.Equal((0m, 0m), (purchase.Now.Filled, sale.Now.Filled));
    }
}
