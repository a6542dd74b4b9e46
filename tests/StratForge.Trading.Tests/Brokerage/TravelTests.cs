using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

/// <summary>What goes to the broker, with whom, when, and what comes back.</summary>
public class TravelTests
{
    private readonly TradingFloor _floor = new();

    public TravelTests() => _floor.Quote(99.98m, 100.02m);

    [Fact]
    public void Like_market_orders_that_are_ready_together_travel_as_one_and_share_what_it_brings()
    {
        _floor.Slots = 0;
        var one = _floor.Place(_floor.Open(), Side.Buy, 10);
        var two = _floor.Place(_floor.Open(), Side.Buy, 20);
        _floor.Slots = 1;
        _floor.Wait(TimeSpan.FromSeconds(1));

        var broker = Assert.Single(_floor.Sent);
        Assert.Equal((30m, one.Id), (broker.Facts.Quantity, broker.Id));
        _floor.Fill(broker, 10, 100);
        Assert.Equal((3m, 7m), (one.Now.Filled, two.Now.Filled));
        _floor.Fill(broker, 20, 101);
        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled), (one.Now.Status, two.Now.Status));
        Assert.Equal(3020m, _floor.Trades.Sum(trade => trade.Share.Cash));
    }

    [Fact]
    public void A_market_purchase_goes_out_as_a_limit_at_what_is_reserved_per_unit()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10);

        Assert.Equal((OrderType.Limit, 102.02m), (_floor.Carrier(order).Facts.Type, _floor.Carrier(order).Facts.LimitPrice));
        Assert.Equal(1020.20m, user.Now.Reserved);
        _floor.Fill(order, 100.02m);
        Assert.Equal((100_000m - 1000.20m, 0m), (user.Now.Cash, user.Now.Reserved));
    }

    [Fact]
    public void Orders_with_a_limit_go_alone_and_only_when_the_quote_has_reached_it()
    {
        var far = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 100.01m);
        Assert.True(far.IsInHouse);

        var near = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 100.02m);
        Assert.False(near.IsInHouse);

        _floor.Quote(99.97m, 100.01m);
        Assert.NotEqual(near.Now.BrokerOrderId, far.Now.BrokerOrderId);
    }

    [Fact]
    public void A_stale_quote_reaches_no_limit()
    {
        _floor.Quote(99.98m, 100.02m, isFresh: false);
        Assert.True(_floor.Place(_floor.Open(), Side.Buy, 10, limit: 105).IsInHouse);
    }

    [Fact]
    public void While_an_older_order_waits_its_turn_a_younger_one_of_the_side_at_the_broker_waits_behind_it()
    {
        var user = _floor.Open(units: 20);
        var first = _floor.Place(user, Side.Sell, 5);
        var purchase = _floor.Place(user, Side.Buy, 10, session: Guid.CreateVersion7(_floor.Now));
        var late = _floor.Place(user, Side.Sell, 5);

        Assert.True(purchase.IsInHouse);
        Assert.True(late.IsInHouse);
        Assert.Contains(_floor.Decisions, decision => decision.OrderId == late.Id && decision.Reason.StartsWith("an older order", StringComparison.Ordinal));

        _floor.Fill(first, 99.98m);
        Assert.False(purchase.IsInHouse);
        Assert.True(late.IsInHouse);

        _floor.Fill(purchase, 100.02m);
        Assert.False(late.IsInHouse);
    }

    [Fact]
    public void A_sale_of_more_than_all_users_hold_is_split_at_zero()
    {
        var holder = _floor.Open(units: 30);
        var seller = _floor.Open();
        _floor.Quote(99.98m, 100.02m, isFresh: false);
        var sale = _floor.Place(seller, Side.Sell, 50, mayShort: true);

        Assert.Equal(30m, Assert.Single(_floor.Sent).Facts.Quantity);
        Assert.Contains(_floor.Decisions, decision => decision is { Kind: "split", Quantity: 30m });
        _floor.Fill(_floor.Sent[0], 30, 100);

        Assert.Equal(20m, _floor.Sent[1].Facts.Quantity);
        _floor.Fill(_floor.Sent[1], 20, 100);
        Assert.Equal((OrderStatus.Filled, -50m), (sale.Now.Status, seller.PositionOf(null, TradingFloor.Stock).Now.Quantity));
        Assert.Equal(30m, holder.PositionOf(null, TradingFloor.Stock).Now.Quantity);
    }

    [Fact]
    public void A_sale_waits_while_everything_held_is_promised_to_sales_on_their_way()
    {
        _floor.Quote(99.98m, 100.02m, isFresh: false);
        _floor.Open(units: 10);
        var one = _floor.Place(_floor.Open(), Side.Sell, 10, mayShort: true);
        var two = _floor.Place(_floor.Open(), Side.Sell, 5, mayShort: true);
        Assert.True(two.IsInHouse);

        _floor.Fill(one, 100);
        Assert.False(two.IsInHouse);
    }

    [Fact]
    public void With_nothing_held_a_sale_waits_for_a_purchase_that_rests_below_it()
    {
        // The venue takes no short sale beside an opening purchase, though the two could never trade with each other.
        var purchase = _floor.Place(_floor.Open(), Side.Buy, 10, limit: 100.02m);
        _floor.GoLive(_floor.Carrier(purchase));
        _floor.Quote(100.10m, 100.20m);
        var sale = _floor.Place(_floor.Open(), Side.Sell, 10, limit: 100.10m, mayShort: true);
        Assert.True(sale.IsInHouse);

        _floor.End(_floor.Carrier(purchase), OrderStatus.Canceled);
        Assert.False(sale.IsInHouse);
    }

    [Fact]
    public void No_part_of_a_unit_is_sold_short()
    {
        _floor.Quote(99.98m, 100.02m, isFresh: false);
        var holder = _floor.Open(units: 10.5m);
        var seller = _floor.Open();
        var shorted = _floor.Place(seller, Side.Sell, 20, mayShort: true);
        _floor.Fill(shorted, 100);
        Assert.Equal(9m, _floor.Carrier(shorted).Facts.Quantity);
        _floor.Fill(shorted, 100);
        Assert.True(shorted.IsInHouse);
        var rest = _floor.Place(holder, Side.Sell, 0.25m);
        Assert.True(rest.IsInHouse);
        Assert.Contains(_floor.Decisions, decision => decision.OrderId == rest.Id && decision.Reason.StartsWith("the venue sells no part", StringComparison.Ordinal));

        // Whoever buys it in the house takes it over.
        _floor.Quote(99.98m, 100.02m);
        _floor.Place(_floor.Open(), Side.Buy, 0.75m);
        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled), (shorted.Now.Status, rest.Now.Status));
    }

    [Fact]
    public void An_order_for_all_or_nothing_that_can_not_go_as_one_ends_with_nothing()
    {
        _floor.Quote(99.98m, 100.02m, isFresh: false);
        _floor.Open(units: 30);
        var sale = _floor.Place(_floor.Open(), Side.Sell, 50, time: "fok", mayShort: true);

        Assert.Equal((OrderStatus.Canceled, 0m), (sale.Now.Status, sale.Now.Filled));
        Assert.Equal("Of 50 only 30 can go in one order now, and it is all or nothing.", sale.Now.Detail);
        Assert.Empty(_floor.Sent);
    }

    [Fact]
    public void An_order_for_all_or_nothing_waits_for_units_that_others_are_selling()
    {
        _floor.Quote(99.98m, 100.02m, isFresh: false);
        var user = _floor.Open(units: 30);
        var first = _floor.Place(user, Side.Sell, 20);
        var second = _floor.Place(user, Side.Sell, 10, time: "fok");
        Assert.False(second.IsInHouse);
        var third = _floor.Place(_floor.Open(), Side.Sell, 5, time: "fok", mayShort: true);
        Assert.True(third.IsInHouse);

        _floor.Fill(first, 100);
        _floor.Fill(second, 100);
        Assert.Equal(5m, _floor.Carrier(third).Facts.Quantity);
    }

    [Fact]
    public void A_crypto_order_above_the_venues_largest_goes_in_parts()
    {
        _floor.Quote(50_000, 50_000, TradingFloor.Coin);
        var order = _floor.Place(_floor.Open(cash: 1_000_000), Side.Buy, 10, symbol: TradingFloor.Coin, time: "gtc");

        // 190,000 USD at the collar of 51,000.
        Assert.Equal(3.7254m, _floor.Carrier(order).Facts.Quantity);
        for (var parts = 0; order.IsOpen; parts++)
        {
            Assert.True(parts < 3);
            _floor.Fill(order, 50_000);
        }

        Assert.Equal(OrderStatus.Filled, order.Now.Status);
    }

    [Fact]
    public void While_the_budget_is_short_a_user_with_one_order_is_served_before_the_next_of_one_with_many()
    {
        var (many, few) = (_floor.Open(), _floor.Open());
        _floor.Slots = 1;
        Order[] his = [.. Enumerable.Range(0, 5).Select(_ => _floor.Place(many, Side.Buy, 1, time: "fok"))];
        _floor.Slots = 0;
        var single = _floor.Place(few, Side.Buy, 1, time: "fok");
        var next = _floor.Place(many, Side.Buy, 1, time: "fok");
        Assert.Equal(5, his.Count(order => !order.IsInHouse));

        _floor.Slots = 1;
        _floor.Wait(TimeSpan.FromSeconds(1));

        Assert.False(single.IsInHouse);
        Assert.True(next.IsInHouse);
        Assert.Contains(_floor.Decisions, decision => decision.OrderId == next.Id && decision.Reason.StartsWith("the request budget", StringComparison.Ordinal));
    }

    [Fact]
    public void Among_those_served_alike_the_oldest_goes_first()
    {
        var (many, few) = (_floor.Open(), _floor.Open());
        _floor.Slots = 0;
        Order[] his = [.. Enumerable.Range(0, 3).Select(_ => _floor.Place(many, Side.Buy, 1, time: "fok"))];
        var single = _floor.Place(few, Side.Buy, 1, time: "fok");
        _floor.Slots = 1;
        _floor.Wait(TimeSpan.FromSeconds(1));
        Assert.False(his[0].IsInHouse);
        Assert.True(single.IsInHouse);

        _floor.Wait(TimeSpan.FromSeconds(1));
        Assert.False(single.IsInHouse);
        Assert.True(his[1].IsInHouse);
    }

    [Fact]
    public void A_limit_order_that_the_market_has_left_is_called_back_after_two_seconds_and_waits_with_its_reservation()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10, limit: 100.02m);
        var broker = _floor.Carrier(order);
        _floor.GoLive(broker);
        _floor.Fill(broker, 4, 100.02m);
        _floor.Quote(100.50m, 100.60m);
        Assert.Empty(_floor.Recalled);

        _floor.Wait(House.RestsAtMost);
        Assert.Same(broker, Assert.Single(_floor.Recalled));
        _floor.End(broker, OrderStatus.Canceled);

        Assert.True(order.IsInHouse);
        Assert.Equal((OrderStatus.PartiallyFilled, 600.12m), (order.Now.Status, order.Now.ReservedCash));
        Assert.Contains(_floor.Decisions, decision => decision is { Kind: "return", Quantity: 6m } && decision.OrderId == order.Id);

        _floor.Quote(99.90m, 100m);
        Assert.Equal(6m, _floor.Carrier(order).Facts.Quantity);
        Assert.NotEqual(order.Id, _floor.Carrier(order).Id);
    }

    [Fact]
    public void An_order_that_rests_at_the_venue_comes_home_for_another_users_opposite_order()
    {
        var purchase = _floor.Place(_floor.Open(), Side.Buy, 10);
        var broker = _floor.Carrier(purchase);
        _floor.GoLive(broker);
        var sale = _floor.Place(_floor.Open(units: 10), Side.Sell, 10);
        Assert.True(sale.IsInHouse);

        _floor.Wait(House.RestsAtMost);
        Assert.Same(broker, Assert.Single(_floor.Recalled));
        _floor.End(broker, OrderStatus.Canceled);

        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled), (purchase.Now.Status, sale.Now.Status));
        Assert.Equal(100m, purchase.Now.AveragePrice);
    }

    [Fact]
    public void Nothing_comes_home_for_an_order_that_could_not_meet_it_there()
    {
        var purchase = _floor.Place(_floor.Open(), Side.Buy, 10);
        _floor.GoLive(_floor.Carrier(purchase));
        // The middle is 100, but the bid has not reached the limit: it is not ready to trade.
        _floor.Place(_floor.Open(units: 10), Side.Sell, 10, limit: 100m);
        _floor.Wait(House.RestsAtMost);
        _floor.Wait(House.RestsAtMost);

        Assert.Empty(_floor.Recalled);
    }

    [Fact]
    public void Nothing_comes_home_whose_own_limit_is_against_meeting()
    {
        var sale = _floor.Place(_floor.Open(units: 20), Side.Sell, 10, limit: 99.98m);
        _floor.GoLive(_floor.Carrier(sale));
        _floor.Place(_floor.Open(), Side.Buy, 10);
        // The bid is at the sale's limit, so it rests rightly; at the middle of a crossed quote nobody meets.
        _floor.Quote(99.98m, 99.90m);
        _floor.Wait(House.RestsAtMost);

        Assert.Empty(_floor.Recalled);
    }

    [Fact]
    public void A_broker_order_wanted_back_before_the_venue_named_it_is_recalled_when_it_has_a_name()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10);
        _floor.Cancel(order);
        Assert.Empty(_floor.Recalled);

        _floor.GoLive(_floor.Carrier(order));
        Assert.Single(_floor.Recalled);
    }

    [Fact]
    public void Who_cancels_an_order_that_travels_with_others_sends_the_others_out_again()
    {
        _floor.Slots = 0;
        var one = _floor.Place(_floor.Open(), Side.Buy, 10);
        var two = _floor.Place(_floor.Open(), Side.Buy, 10);
        _floor.Slots = 9;
        _floor.Wait(TimeSpan.FromSeconds(1));
        var broker = _floor.Carrier(one);
        _floor.GoLive(broker);
        _floor.Fill(broker, 8, 100);

        _floor.Cancel(one);
        Assert.True(one.IsOpen);
        _floor.End(broker, OrderStatus.Canceled);

        Assert.Equal((OrderStatus.Canceled, 4m, 0m), (one.Now.Status, one.Now.Filled, one.Now.ReservedCash));
        Assert.Equal((OrderStatus.PartiallyFilled, 6m), (two.Now.Status, _floor.Carrier(two).Facts.Quantity));
    }

    [Fact]
    public void What_the_venue_holds_against_the_account_makes_an_order_wait_and_try_again_under_another_id()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10);
        _floor.Report(new VenueReport.Held(order.Id, "wash trade"));
        Assert.True(order.IsInHouse);

        _floor.Wait(TimeSpan.FromMilliseconds(499));
        Assert.True(order.IsInHouse);
        _floor.Wait(TimeSpan.FromMilliseconds(1));
        Assert.NotEqual(order.Id, _floor.Carrier(order).Id);
    }

    [Fact]
    public void What_the_venue_holds_back_again_and_again_is_sent_less_and_less_often_and_said()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10);
        foreach (var seconds in new[] { 0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60 })
        {
            Assert.Empty(_floor.HeldLong);
            _floor.Report(new VenueReport.Held(_floor.Carrier(order).Id, "wash trade"));
            _floor.Wait(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.True(order.IsInHouse);
            _floor.Wait(TimeSpan.FromMilliseconds(1));
            Assert.False(order.IsInHouse);
        }

        Assert.Equal((order, "wash trade"), Assert.Single(_floor.HeldLong));
        var broker = _floor.Carrier(order);
        _floor.GoLive(broker);
        _floor.End(broker, OrderStatus.Expired);
        Assert.Equal(0, order.Now.TimesHeld);
    }

    [Fact]
    public void What_the_venue_refuses_for_good_ends_the_order_and_gives_the_reservation_back()
    {
        var user = _floor.Open();
        var order = _floor.Place(user, Side.Buy, 10);
        _floor.Report(new VenueReport.Refused(order.Id, "BROKER_REJECTED", "BROKER_REJECTED: not today"));

        Assert.Equal((OrderStatus.Rejected, "BROKER_REJECTED"), (order.Now.Status, order.Now.Code));
        Assert.Equal((100_000m, 0m), (user.Now.Cash, user.Now.Reserved));
    }

    [Fact]
    public void The_end_of_a_broker_order_waits_for_the_fills_that_the_venue_counted_before_it()
    {
        var order = _floor.Place(_floor.Open(), Side.Buy, 10, time: "ioc");
        var broker = _floor.Carrier(order);
        var venue = Guid.CreateVersion7(_floor.Now);
        _floor.Report(new VenueReport.Ended(broker.Id, venue, OrderStatus.Canceled, 4, null));
        Assert.True(order.IsOpen);

        _floor.Report(new VenueReport.Executed(broker.Id, venue, Guid.CreateVersion7(_floor.Now), 4, 100, _floor.Now, 4));
        Assert.Equal((OrderStatus.Canceled, 4m), (order.Now.Status, order.Now.Filled));
    }
}
