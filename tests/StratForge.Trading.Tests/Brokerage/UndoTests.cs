using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Brokerage;

public class UndoTests
{
    [Fact]
    public void A_first_fill_that_was_not_written_is_booked_once_when_it_comes_again()
    {
        var floor = new TradingFloor();
        floor.Quote(100, 100);
        var order = floor.Place(floor.Open(), Side.Buy, 10);
        var fill = new VenueReport.Executed(
            order.Id, Guid.CreateVersion7(floor.Now), Guid.CreateVersion7(floor.Now), 4, 100, floor.Now, 4);
        floor.House.Apply(fill, floor.Now);
        floor.House.Undo();
        floor.Report(fill);

        Assert.Equal(4m, order.Position.Now.Quantity);
        Assert.Same(order.Position, order.Account.PositionOf(null, TradingFloor.Stock));
    }

    [Fact]
    public void A_second_order_of_an_id_leaves_nothing_behind()
    {
        var floor = new TradingFloor();
        floor.Quote(100, 100);
        var user = floor.Open();
        var order = floor.Place(user, Side.Buy, 10, limit: 90);
        Assert.Throws<ArgumentException>(() => floor.House.Accept(new IncomingOrder(
            order.Id, user.UserId, null, null, order.Terms, 90, null, floor.Now,
            Risk: new RiskTerms(RiskLimits.Unlimited, TradingMode.Normal, 100, TimeSpan.Zero, 0))));
        floor.House.Undo();

        Assert.Same(order, Assert.Single(user.Orders));
        Assert.Equal((1, 10m), (user.OpenOrders, user.Wanted(TradingFloor.Stock, Side.Buy)));
        Assert.Same(order, floor.House.FindOrder(order.Id));
    }

    [Fact]
    public void Whoever_was_not_served_after_all_keeps_his_turn()
    {
        var floor = new TradingFloor { Slots = 0 };
        floor.Quote(100, 100.04m);
        var first = floor.Place(floor.Open(), Side.Buy, 1, limit: 101);
        floor.Place(floor.Open(), Side.Buy, 1, limit: 101);
        floor.Slots = 1;
        floor.Route();
        floor.House.Undo();
        floor.Wait(TimeSpan.Zero);

        Assert.Equal(first.Id, Assert.Single(floor.Sent).Id);
    }

    [Fact]
    public void A_waterline_stays_whose_last_order_was_relieved_by_a_new_one_after_all()
    {
        var floor = new TradingFloor();
        floor.Quote(100, 100);
        var order = floor.Place(floor.Open(units: 10), Side.Sell, 10, trail: 5);
        var other = floor.Open(units: 10);
        floor.House.Accept(new IncomingOrder(
            Guid.CreateVersion7(floor.Now), other.UserId, null, null, order.Terms, null, null, floor.Now, null,
            Risk: new RiskTerms(RiskLimits.Unlimited, TradingMode.Normal, 100, TimeSpan.Zero, 0)));
        floor.House.Route([TradingFloor.Stock], _ => new MarketView(100, 100, 100, floor.Now, IsFresh: true), floor.Now, slots: 1);
        Assert.Equal(100m, Assert.Single(other.Orders).HighWater);
        floor.House.Cancel(order);
        floor.House.Undo();
        Assert.Equal((100m, 95m), (order.HighWater, House.StopOf(order)));

        floor.Quote(101, 101);
        Assert.Equal(96m, House.StopOf(order));
    }

    [Fact]
    public void A_broker_order_that_is_over_is_remembered_once_however_often_the_venue_speaks_of_it()
    {
        const int More = 10_001;
        var floor = new TradingFloor();
        floor.Quote(100, 100.04m);
        var order = floor.Place(floor.Open(), Side.Buy, 1);
        var broker = floor.Carrier(order);
        floor.Fill(broker, 1, 100);
        for (var i = 0; i < More; i++)
        {
            floor.Report(new VenueReport.Acknowledged(broker.Id, new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2)));
        }

        Assert.Same(broker, floor.House.FindBrokerOrder(broker.Id));
    }
}
