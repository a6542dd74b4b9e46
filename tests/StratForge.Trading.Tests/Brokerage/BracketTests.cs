using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

public class BracketTests
{
    private readonly TradingFloor _floor = new();

    public BracketTests() => _floor.Quote(100, 100);

    [Fact]
    public void The_exits_of_a_bracket_sleep_until_their_entry_is_filled()
    {
        var user = _floor.Open();
        var entry = _floor.Place(user, Side.Buy, 10, legs: new ExitLegs(110, 90, null));
        var (profit, stop) = LegsOf(entry);
        Assert.Equal((OrderStatus.Held, OrderStatus.Held), (profit.Now.Status, stop.Now.Status));

        _floor.Fill(_floor.Carrier(entry), 4, 100);
        Assert.Equal(OrderStatus.Held, profit.Now.Status);
        _floor.Fill(_floor.Carrier(entry), 6, 100);

        Assert.Equal((OrderStatus.Accepted, OrderStatus.Accepted), (profit.Now.Status, stop.Now.Status));
        Assert.Equal((10m, 0m), (profit.Now.ReservedUnits, stop.Now.ReservedUnits));
    }

    [Fact]
    public void The_exit_that_is_filled_cancels_the_other()
    {
        var entry = Filled(_floor.Place(_floor.Open(), Side.Buy, 10, legs: new ExitLegs(110, 90, null)));
        var (profit, stop) = LegsOf(entry);
        _floor.Quote(110, 110);
        _floor.Fill(profit, 110);

        Assert.Equal((OrderStatus.Filled, OrderStatus.Canceled), (profit.Now.Status, stop.Now.Status));
        Assert.Equal((0m, 0m), (entry.Position.Now.Quantity, entry.Position.Now.Reserved));
    }

    [Fact]
    public void A_reached_stop_takes_the_units_over_from_the_exit_that_has_them()
    {
        var entry = Filled(_floor.Place(_floor.Open(), Side.Buy, 10, legs: new ExitLegs(110, 90, null)));
        var (profit, stop) = LegsOf(entry);
        _floor.Quote(90, 90);

        Assert.Equal((OrderStatus.Canceled, "The stop of the same position was reached."), (profit.Now.Status, profit.Now.Detail));
        Assert.Equal((10m, 10m), (stop.Now.ReservedUnits, entry.Position.Now.Reserved));
        _floor.Fill(stop, 89.90m);
        Assert.Equal((OrderStatus.Filled, 0m), (stop.Now.Status, entry.Position.Now.Quantity));
    }

    [Fact]
    public void A_reached_stop_first_calls_back_the_exit_that_is_at_the_broker_and_closes_what_that_has_left()
    {
        // What else the user holds is not the bracket's to sell.
        var entry = Filled(_floor.Place(_floor.Open(units: 50), Side.Buy, 10, legs: new ExitLegs(110, 90, null)));
        var (profit, stop) = LegsOf(entry);
        _floor.Quote(110, 110);
        var broker = _floor.Carrier(profit);
        _floor.GoLive(broker);
        _floor.Fill(broker, 4, 110);
        _floor.Quote(90, 90);
        Assert.Same(broker, Assert.Single(_floor.Recalled));
        Assert.True(stop.IsInHouse);

        _floor.End(broker, OrderStatus.Canceled);
        Assert.Equal((OrderStatus.Canceled, 6m), (profit.Now.Status, _floor.Carrier(stop).Facts.Quantity));
        _floor.Fill(stop, 90);
        Assert.Equal((OrderStatus.Filled, 50m), (stop.Now.Status, entry.Position.Now.Quantity));
    }

    [Fact]
    public void An_entry_that_ends_with_a_part_filled_leaves_exits_over_that_part()
    {
        var entry = _floor.Place(_floor.Open(), Side.Buy, 10, legs: new ExitLegs(110, 90, null));
        var broker = _floor.Carrier(entry);
        _floor.Fill(broker, 4, 100);
        _floor.End(broker, OrderStatus.Canceled);
        var (profit, stop) = LegsOf(entry);

        Assert.Equal((OrderStatus.Accepted, 4m), (profit.Now.Status, profit.Remaining));
        Assert.Equal((OrderStatus.Accepted, 4m), (stop.Now.Status, stop.Remaining));
    }

    [Fact]
    public void An_entry_that_ends_with_nothing_filled_takes_its_exits_with_it()
    {
        var entry = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 95, legs: new ExitLegs(110, 90, null));
        var (profit, stop) = LegsOf(entry);
        _floor.Cancel(entry);

        Assert.Equal((OrderStatus.Canceled, OrderStatus.Canceled), (profit.Now.Status, stop.Now.Status));
    }

    [Fact]
    public void A_fee_taken_in_coins_leaves_exits_over_what_arrived()
    {
        _floor.Quote(100, 100, TradingFloor.Coin);
        var entry = Filled(_floor.Place(_floor.Open(), Side.Buy, 10, symbol: TradingFloor.Coin, time: "gtc", legs: new ExitLegs(110, 90, null)));
        var (profit, stop) = LegsOf(entry);

        Assert.Equal((9.975m, 9.975m), (profit.Remaining, stop.Remaining));
    }

    [Fact]
    public void The_only_exit_of_an_oto_reserves_the_units_itself()
    {
        var entry = Filled(_floor.Place(_floor.Open(), Side.Buy, 10, legs: new ExitLegs(null, 90, null)));
        var stop = Assert.Single(entry.Account.Orders, order => order.IsOpen);

        Assert.Equal(10m, stop.Now.ReservedUnits);
        _floor.Quote(90, 90);
        Assert.False(stop.IsInHouse);
    }

    [Fact]
    public void The_exits_of_a_short_position_buy_it_back()
    {
        _floor.Quote(100, 100, isFresh: false);
        var user = _floor.Open();
        var entry = Filled(_floor.Place(user, Side.Sell, 10, mayShort: true, legs: new ExitLegs(90, 110, null)));
        var (profit, stop) = LegsOf(entry);
        Assert.Equal((Side.Buy, Side.Buy, 10m), (profit.Side, stop.Side, profit.Now.ReservedUnits));
        _floor.Quote(110, 110);
        _floor.Fill(stop, 110);

        Assert.Equal((OrderStatus.Canceled, 99_900m, 0m), (profit.Now.Status, user.Now.Cash, user.Now.Margin));
    }

    [Fact]
    public void Of_two_exits_placed_as_a_pair_one_cancels_the_other()
    {
        var user = _floor.Open(units: 10);
        var profit = _floor.Place(user, Side.Sell, 10, limit: 110, legs: new ExitLegs(null, 90, null), exitsOnly: true);
        var stop = Assert.Single(user.Orders, order => order.Facts.ParentId == profit.Id);
        Assert.Equal((10m, 0m), (profit.Now.ReservedUnits, stop.Now.ReservedUnits));
        _floor.Quote(90, 90);
        _floor.Fill(stop, 90);

        Assert.Equal((OrderStatus.Canceled, 0m), (profit.Now.Status, user.PositionOf(null, TradingFloor.Stock).Now.Reserved));
    }

    [Fact]
    public void Canceling_one_of_a_pair_cancels_the_other()
    {
        var user = _floor.Open(units: 10);
        var profit = _floor.Place(user, Side.Sell, 10, limit: 110, legs: new ExitLegs(null, 90, null), exitsOnly: true);
        _floor.Cancel(Assert.Single(user.Orders, order => order.Facts.ParentId == profit.Id));

        Assert.Empty(user.Orders);
        Assert.Equal(10m, user.PositionOf(null, TradingFloor.Stock).Now.Free);
    }

    [Fact]
    public void An_exit_that_the_broker_refuses_leaves_the_other_over_what_it_had_left()
    {
        var entry = Filled(_floor.Place(_floor.Open(units: 50), Side.Buy, 10, legs: new ExitLegs(110, 90, null)));
        var (profit, stop) = LegsOf(entry);
        _floor.Quote(110, 110);
        var broker = _floor.Carrier(profit);
        _floor.Fill(broker, 4, 110);
        _floor.End(broker, OrderStatus.Rejected);

        Assert.Equal((OrderStatus.Rejected, OrderStatus.Accepted), (profit.Now.Status, stop.Now.Status));
        Assert.Equal((6m, 6m, 6m), (stop.Remaining, stop.Now.ReservedUnits, entry.Position.Now.Reserved));
        _floor.Quote(90, 90);
        _floor.Fill(stop, 90);
        Assert.Equal((OrderStatus.Filled, 50m), (stop.Now.Status, entry.Position.Now.Quantity));
    }

    [Theory]
    [InlineData(Side.Buy, false, 90, 110, "BAD_PRICE: take_profit=90 stop_loss=110: the profit is on the wrong side of the stop")]
    [InlineData(Side.Sell, false, 110, 90, "BRACKET_MUST_BE_ENTRY: a bracket opens a position; use order_class=oco to close one")]
    [InlineData(Side.Buy, true, 110, 90, "NOTHING_TO_EXIT: order_class=oco closes a position, and there is none")]
    public void Exits_that_make_no_sense_are_refused(Side side, bool exitsOnly, int profit, int stop, string detail) =>
        Assert.Equal(
            detail,
            _floor.Try(
                _floor.Open(units: side == Side.Sell ? 10 : 0), side, 10, exitsOnly ? profit : null, legs: new ExitLegs(exitsOnly ? null : profit, stop, null),
                exitsOnly: exitsOnly).Detail);

    private Order Filled(Order order)
    {
        _floor.Fill(order, 100);
        Assert.Equal(OrderStatus.Filled, order.Now.Status);
        return order;
    }

    private static (Order Profit, Order Stop) LegsOf(Order entry)
    {
        var legs = entry.Account.Orders.Where(order => order.Facts.ParentId == entry.Id).ToDictionary(order => order.Facts.Leg!, StringComparer.Ordinal);
        return (legs[ExitLeg.TakeProfit], legs[ExitLeg.StopLoss]);
    }
}
