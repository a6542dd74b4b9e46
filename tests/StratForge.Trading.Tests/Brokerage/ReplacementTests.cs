using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Brokerage;

public class ReplacementTests
{
    private readonly TradingFloor _floor = new();

    public ReplacementTests() => _floor.Quote(100, 100);

    [Fact]
    public void A_new_order_takes_the_place_of_one_in_the_house_with_a_reservation_of_its_own()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10, limit: 90);
        var successor = _floor.Replace(order, new NewTerms(Quantity: 20, LimitPrice: 91), out _)!;

        Assert.Equal((OrderStatus.Replaced, successor.Id), (order.Now.Status, order.Now.ReplacedBy));
        Assert.Equal((order.Id, 20m, 91m), (successor.Facts.Replaces, successor.Quantity, successor.Limit));
        Assert.Equal((0m, 1820m, 1820m), (order.Now.ReservedCash, successor.Now.ReservedCash, user.Now.Reserved));
    }

    [Fact]
    public void What_was_filled_counts_for_the_new_quantity()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 100);
        var broker = _floor.Carrier(order);
        _floor.Fill(broker, 4, 100);
        _floor.Quote(105, 105);
        _floor.GoLive(broker);
        _floor.Wait(House.RestsAtMost);
        _floor.End(broker, OrderStatus.Canceled);

        Assert.Null(_floor.Replace(order, new NewTerms(Quantity: 4), out var refusal));
        Assert.Equal("BAD_QUANTITY: quantity=4 filled=4", refusal!.Detail);
        Assert.Equal(8m, _floor.Replace(order, new NewTerms(Quantity: 12), out _)!.Quantity);
    }

    [Fact]
    public void An_order_at_the_broker_is_not_replaced()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10);
        Assert.Null(_floor.Replace(order, new NewTerms(Quantity: 20), out var refusal));
        Assert.Equal(("ORDER_EXECUTING", true), (refusal!.Code, order.IsOpen));
    }

    [Fact]
    public void An_exit_that_sleeps_is_not_replaced_and_the_reason_names_its_entry()
    {
        var user = _floor.Open();
        var entry = _floor.Place(user, Side.Buy, 10, limit: 90, legs: new ExitLegs(110, 80, null));
        var stop = Assert.Single(user.Orders, order => order.Facts.Leg == ExitLeg.StopLoss);

        Assert.Null(_floor.Replace(stop, new NewTerms(StopPrice: 85), out var refusal));
        Assert.StartsWith("ORDER_HELD: its entry is not filled yet", refusal!.Detail, StringComparison.Ordinal);

        _floor.Quote(90, 90);
        _floor.Fill(entry, 90);
        Assert.NotNull(_floor.Replace(stop, new NewTerms(StopPrice: 85), out _));
    }

    [Fact]
    public void A_replacement_that_cannot_be_paid_leaves_the_order_as_it_was()
    {
        var user = _floor.Open(cash: 1000);
        var order = _floor.Place(user, Side.Buy, 10, limit: 90);
        var before = (order.Now, user.Now);

        Assert.Null(_floor.Replace(order, new NewTerms(Quantity: 12), out var refusal));
        Assert.Equal("INSUFFICIENT_FUNDS: required=1080 available=1000", refusal!.Detail);
        Assert.Equal(before, (order.Now, user.Now));
    }

    [Fact]
    public void A_sale_is_not_enlarged_beyond_what_is_held()
    {
        var order = _floor.Place(_floor.Open(units: 10), Side.Sell, 5, limit: 110);
        Assert.Null(_floor.Replace(order, new NewTerms(Quantity: 11), out var refusal));
        Assert.Equal("INSUFFICIENT_QUANTITY: required=11 available=10", refusal!.Detail);
        Assert.Equal(10m, _floor.Replace(order, new NewTerms(Quantity: 10), out _)!.Now.ReservedUnits);
    }

    [Theory]
    [InlineData(11, null, "MAX_ORDER_NOTIONAL: notional=990 max=900")]
    [InlineData(10, 91, "MAX_ORDER_NOTIONAL: notional=910 max=900")]
    [InlineData(10, 89, null)]
    [InlineData(9, null, null)]
    public void A_replacement_is_measured_as_a_new_order_beside_all_but_the_one_it_replaces(int quantity, int? limit, string? detail)
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 90);
        var limits = RiskLimits.Unlimited with { MaxOrderNotional = 900, MaxPositionNotional = 1000, MaxOpenOrders = 1 };

        _floor.Replace(order, new NewTerms(quantity, limit), out var refusal, limits);

        Assert.Equal(detail, refusal?.Detail);
    }

    [Fact]
    public void Under_a_pause_an_order_may_only_ask_for_less()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 90);

        foreach (var change in new[] { new NewTerms(Quantity: 11), new NewTerms(LimitPrice: 89), new NewTerms(Quantity: 9, LimitPrice: 91) })
        {
            Assert.Null(_floor.Replace(order, change, out var refusal, mode: TradingMode.Paused));
            Assert.Equal("TRADING_PAUSED", refusal!.Code);
        }

        Assert.Equal(9m, _floor.Replace(order, new NewTerms(Quantity: 9), out _, mode: TradingMode.Paused)!.Quantity);
    }

    [Fact]
    public void A_trailing_stop_that_was_reached_is_not_put_back_to_waiting()
    {
        var order = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 5);
        _floor.Slots = 0;
        _floor.Quote(95, 95);
        Assert.True(order is { IsInHouse: true, AwaitsStop: false });

        Assert.Null(_floor.Replace(order, new NewTerms(Trail: 2), out var refusal));
        Assert.Equal("ORDER_EXECUTING", refusal!.Code);
    }

    [Fact]
    public void A_replaced_trailing_stop_keeps_the_best_price_it_has_seen()
    {
        var order = _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 5);
        _floor.Quote(108, 108);
        _floor.Quote(106, 106);
        Assert.Equal(106m, House.StopOf(_floor.Replace(order, new NewTerms(Trail: 2), out _)!));
    }

    [Fact]
    public void The_first_of_a_pair_keeps_its_sibling_when_it_is_replaced()
    {
        var user = _floor.Open(units: 20);
        var profit = _floor.Place(user, Side.Sell, 10, limit: 110, legs: new ExitLegs(null, 90, null), exitsOnly: true);
        var stop = Assert.Single(user.Orders, order => order.Facts.ParentId == profit.Id);
        var successor = _floor.Replace(profit, new NewTerms(LimitPrice: 112), out _)!;
        _floor.Quote(112, 112);
        _floor.Fill(successor, 112);

        Assert.Equal(OrderStatus.Canceled, stop.Now.Status);
    }

    [Fact]
    public void An_exit_over_less_than_was_bought_can_change_its_price_alone()
    {
        _floor.Quote(100, 100, TradingFloor.Coin);
        var user = _floor.Open();
        _floor.Fill(_floor.Place(user, Side.Buy, 10, symbol: TradingFloor.Coin, time: "gtc", legs: new ExitLegs(110, null, null)), 100);
        var successor = _floor.Replace(Assert.Single(user.Orders), new NewTerms(LimitPrice: 111), out var refusal);

        Assert.Null(refusal);
        Assert.Equal((9.975m, 9.975m), (successor!.Remaining, successor.Now.ReservedUnits));
    }

    [Fact]
    public void An_entry_that_has_exits_is_not_replaced()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 90, legs: new ExitLegs(110, 80, null));
        Assert.Null(_floor.Replace(order, new NewTerms(LimitPrice: 91), out var refusal));
        Assert.Equal("BRACKET_CAN_NOT_CHANGE", refusal!.Code);
    }

    [Fact]
    public void A_replacement_that_changes_nothing_is_refused()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 90);
        Assert.Null(_floor.Replace(order, new NewTerms(LimitPrice: 90), out var refusal));
        Assert.Equal("NOTHING_CHANGED", refusal!.Code);
    }
}
