using System.Net;
using System.Text.Json;
using StratForge.Alpaca;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Orders;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Settlement;

public sealed class SettlementTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private OrderHouse _house = null!;

    public async Task InitializeAsync() => _house = await OrderHouse.OpenAsync(database, redis);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_fill_moves_cash_and_units_and_gives_the_rest_of_the_reservation_back()
    {
        _house.Price("BAA", 100);
        var user = await _house.AUserAsync();
        var order = await Accept(_house.PlaceAsync(user, "BAA", Side.Buy, 10));

        _house.Venue.Fill(await _house.Venue.NextAsync(), 10, 100.25m);
        await _house.SettleUntilAsync(order, "filled");

        Assert.Equal(100_000 - 1002.50m, await _house.BalanceAsync(user, "cash"));
        Assert.Equal(0, await _house.BalanceAsync(user, "cash_reserved"));
        Assert.Equal(10, await _house.HeldAsync(user, "BAA"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_crypto_buy_brings_the_units_less_the_fee()
    {
        _house.Price("BTC/USD", 40_000);
        var user = await _house.AUserAsync();
        var answer = await _house.PlaceAsync(user, new OrderTerms("BTC/USD", Side.Buy, 0.1m, "market", "gtc"));

        _house.Venue.Fill(await _house.Venue.NextAsync(), 0.1m, 40_000);
        await _house.SettleUntilAsync(answer.OrderId!.Value, "filled");

        Assert.Equal(0.09975m, await _house.HeldAsync(user, "BTC/USD"));
        Assert.Equal("BTC", await database.ValueAsync<string>("select fee_asset from trades where user_id = $1", user));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task An_execution_told_twice_is_booked_once()
    {
        _house.Price("BAB", 100);
        var user = await _house.AUserAsync();
        var order = await Accept(_house.PlaceAsync(user, "BAB", Side.Buy, 10));
        var sent = await _house.Venue.NextAsync();

        var part = _house.Venue.Fill(sent, 4, 100);
        Repeat(part);
        await _house.SettleUntilAsync(order, "partially_filled");
        Repeat(part);
        var last = _house.Venue.Fill(sent, 6, 101);
        Repeat(last);
        await _house.SettleUntilAsync(order, "filled");
        Repeat(last);
        await _house.SettleUntilAsync(() => Task.FromResult(true));

        Assert.Equal(2L, await database.ValueAsync<long>("select count(*) from trades where order_id = $1", order));
        Assert.Equal(100.6m, await database.ValueAsync<decimal>("select average_fill_price from orders where id = $1", order));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task An_order_that_is_over_gets_its_stored_answer_when_it_is_sent_again()
    {
        var user = await _house.AUserAsync(1_500);
        var answer = await _house.PlaceAsync(user, "BAQ", Side.Buy, 10, 100, "mine");
        _house.Venue.Fill(await _house.Venue.NextAsync(), 10, 100);
        await _house.SettleUntilAsync(answer.OrderId!.Value, "filled");

        // There is no money for a second one, and that does not matter.
        var again = await _house.PlaceAsync(user, "BAQ", Side.Buy, 10, 100, "mine");
        Assert.Equal((ExecuteOutcome.Accepted, answer.OrderId, false), (again.Status, again.OrderId, again.IsNew));

        await _house.PlaceAsync(user, "BAQ", Side.Sell, 10, 100, "sale");
        _house.Venue.Fill(await _house.Venue.NextAsync(), 10, 100);
        await _house.SettleUntilAsync(async () => await _house.HeldAsync(user, "BAQ") == 0);
        again = await _house.PlaceAsync(user, "BAQ", Side.Buy, 10, 100, "mine");
        Assert.Equal((ExecuteOutcome.Accepted, answer.OrderId, false), (again.Status, again.OrderId, again.IsNew));
        Assert.Equal(2, _house.Venue.Orders.Count(order => order.Symbol == "BAQ"));
    }

    [Fact]
    public async Task Fills_that_come_in_the_wrong_order_end_in_the_same_books()
    {
        _house.Price("BAC", 100);
        var user = await _house.AUserAsync();
        var order = await Accept(_house.PlaceAsync(user, "BAC", Side.Buy, 10));
        var sent = await _house.Venue.NextAsync();
        var first = _house.Venue.Fill(sent, 4, 100, tell: false);
        var second = _house.Venue.Fill(sent, 6, 102, tell: false);

        Repeat(second);
        await _house.SettleUntilAsync(order, "partially_filled");
        Repeat(first);
        await _house.SettleUntilAsync(order, "filled");

        Assert.Equal(100_000 - 1012, await _house.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_cancel_that_overtakes_a_fill_waits_for_it()
    {
        var user = await _house.AUserAsync();
        var order = await Accept(_house.PlaceAsync(user, "BAD", Side.Buy, 10, limit: 100));
        var sent = await _house.Venue.NextAsync();
        var fill = _house.Venue.Fill(sent, 3, 99, tell: false);
        var end = _house.Venue.End(sent, tell: false);

        Repeat(end);
        await _house.SettleAsync();

        Assert.Equal("accepted", await _house.StatusAsync(order));
        Repeat(fill);
        await _house.SettleUntilAsync(order, "canceled");
        Assert.Equal(100_000 - 297, await _house.BalanceAsync(user, "cash"));
        Assert.Equal(3, await _house.HeldAsync(user, "BAD"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task One_execution_for_many_users_is_split_without_a_cent_or_a_unit_lost()
    {
        _house.Price("BAE", 33);
        var users = new List<Guid>();
        var signals = new List<ExecuteSignal>();
        foreach (var quantity in (decimal[])[1, 2, 3, 5, 7])
        {
            users.Add(await _house.AUserAsync());
            signals.Add(Signals.Of(await _house.ASessionAsync(users[^1], "BAE"), "BAE", Side.Buy, quantity));
        }

        var outcomes = await _house.Desk.ExecuteAsync(signals, false, CancellationToken.None);
        var sent = await _house.Venue.NextAsync();
        _house.Venue.Fill(sent, 11, 33.333m);
        _house.Venue.Fill(sent, 7, 33.337m);
        foreach (var outcome in outcomes)
        {
            await _house.SettleUntilAsync(outcome.OrderId!.Value, "filled");
        }

        var paid = 0m;
        foreach (var user in users)
        {
            paid += 100_000 - await _house.BalanceAsync(user, "cash");
        }

        // 11 x 33.333 = 366.663 and 7 x 33.337 = 233.359, each rounded to the cent.
        Assert.Equal(366.66m + 233.36m, paid);
        Assert.Equal(5L, await database.ValueAsync<long>("select count(*) from signals where session_id = any ($1) and status = 'EXECUTED'", signals.Select(signal => signal.SessionId).ToArray()));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_session_may_sell_what_its_buy_will_bring_and_both_settle_in_turn()
    {
        _house.Price("BAF", 100);
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "BAF");

        var outcomes = await _house.Desk.ExecuteAsync(
            [Signals.Of(session, "BAF", Side.Buy, 10), Signals.Of(session, "BAF", Side.Sell, 10, ordinal: 1)], false, CancellationToken.None);
        var buy = await _house.Venue.NextAsync();
        Assert.Equal(ExecuteOutcome.Accepted, outcomes[1].Status);
        Assert.Equal(1, _house.Venue.Orders.Count(order => order.Symbol == "BAF"));

        _house.Venue.Fill(buy, 10, 100);
        await _house.SettleUntilAsync(outcomes[0].OrderId!.Value, "filled");
        var sell = await _house.Venue.NextAsync();
        Assert.Equal(("sell", 10m), (sell.Side, sell.Qty));
        _house.Venue.Fill(sell, 10, 101);
        await _house.SettleUntilAsync(outcomes[1].OrderId!.Value, "filled");

        Assert.Equal(100_010, await _house.BalanceAsync(user, "cash"));
        Assert.Equal(10, await database.ValueAsync<decimal>("select realised_pnl from positions where session_id = $1", session));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task The_signals_of_a_session_trade_one_by_one_in_their_order_however_many_came_at_once()
    {
        _house.Price("BAQ", 100);
        var session = await _house.ASessionAsync(await _house.AUserAsync(), "BAQ");

        var outcomes = await _house.Desk.ExecuteAsync(
            [.. Enumerable.Range(0, 5).Select(i => Signals.Of(session, "BAQ", i % 2 == 0 ? Side.Buy : Side.Sell, 10, seq: i + 1))],
            false, CancellationToken.None);

        foreach (var outcome in outcomes)
        {
            var sent = await _house.Venue.NextAsync();
            Assert.Equal((outcome.OrderId.ToString(), 10m), (sent.ClientOrderId, sent.Qty));
            _house.Venue.Fill(sent, 10, 100);
            await _house.SettleUntilAsync(outcome.OrderId!.Value, "filled");
        }

        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_sale_of_units_that_never_came_is_refused_in_its_turn()
    {
        var user = await _house.AUserAsync();
        var buy = await Accept(_house.PlaceAsync(user, "BAG", Side.Buy, 10, limit: 100));
        var sell = await Accept(_house.PlaceAsync(user, "BAG", Side.Sell, 10));
        var sent = await _house.Venue.NextAsync();

        _house.Venue.End(sent);
        await _house.SettleUntilAsync(buy, "canceled");

        Assert.Equal("rejected", await _house.StatusAsync(sell));
        Assert.Equal("INSUFFICIENT_QUANTITY", await database.ValueAsync<string>("select code from orders where id = $1", sell));
        Assert.Equal(100_000, await _house.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task Users_on_opposite_sides_never_meet_at_the_venue()
    {
        _house.Price("BAH", 50);
        var buyer = await _house.AUserAsync();
        var seller = await _house.AUserAsync();
        await AUnitsAsync(seller, "BAH", 5, 50);

        var buy = await Accept(_house.PlaceAsync(buyer, "BAH", Side.Buy, 5));
        var sell = await Accept(_house.PlaceAsync(seller, "BAH", Side.Sell, 5));
        var later = await Accept(_house.PlaceAsync(buyer, "BAH", Side.Buy, 1));

        foreach (var (order, side) in ((Guid, string)[])[(buy, "buy"), (sell, "sell"), (later, "buy")])
        {
            var sent = await _house.Venue.NextAsync();
            Assert.Equal((order.ToString(), side), (sent.ClientOrderId, sent.Side));
            _house.Venue.Fill(sent, sent.Qty!.Value, 50);
            await _house.SettleUntilAsync(order, "filled");
        }

        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_limit_away_from_the_market_rests_in_the_house_and_goes_when_its_price_comes()
    {
        var user = await _house.AUserAsync();
        await AUnitsAsync(user, "BAI", 5, 50);

        await Accept(_house.PlaceAsync(user, "BAI", Side.Buy, 1, limit: 40));
        var sell = await Accept(_house.PlaceAsync(user, "BAI", Side.Sell, 5, limit: 60));
        await _house.SettleAsync();
        Assert.Single(_house.Venue.Orders, order => order.Symbol == "BAI");

        _house.Price("BAI", 61);
        var sent = await _house.Venue.NextAsync();
        _house.Venue.Fill(sent, 5, 61);
        await _house.SettleUntilAsync(sell, "filled");

        Assert.Equal((sell.ToString(), "sell", 60m), (sent.ClientOrderId, sent.Side, sent.LimitPrice));
        Assert.Equal(100_000 - 250 + 305 - 40, await _house.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task Opposite_orders_of_two_users_meet_in_the_house_at_the_middle()
    {
        _house.Quote("BAO", 49.99m, 50.01m);
        var (seller, buyer) = (await _house.AUserAsync(), await _house.AUserAsync());
        await AUnitsAsync(seller, "BAO", 5, 51);
        _house.Quote("BAO", 49.98m, 50.02m);
        _house.Venue.AvailableOrders = 0;

        var buy = await Accept(_house.PlaceAsync(buyer, "BAO", Side.Buy, 3));
        var sell = await Accept(_house.PlaceAsync(seller, "BAO", Side.Sell, 5));
        await _house.SettleUntilAsync(buy, "filled");

        Assert.Equal("partially_filled", await _house.StatusAsync(sell));
        Assert.Equal(100_000 - 150, await _house.BalanceAsync(buyer, "cash"));
        Assert.Equal("cross", await database.ValueAsync<string>("select kind from routing_decisions where order_id = $1 and other_order_id = $2", buy, sell));
        _house.Venue.AvailableOrders = int.MaxValue;
        await _house.Books.DoAsync(new Gateway.Bookkeeping.MoveOn(), CancellationToken.None);
        var sent = await _house.Venue.NextAsync();
        Assert.Equal(2, sent.Qty);
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_market_purchase_never_takes_more_than_is_reserved_for_it()
    {
        _house.Price("BAP", 100);
        var user = await _house.AUserAsync(1_020);
        var order = await Accept(_house.PlaceAsync(user, "BAP", Side.Buy, 10));
        var sent = await _house.Venue.NextAsync();

        Assert.Equal(102, sent.LimitPrice);
        _house.Venue.Fill(sent, 10, 102);
        await _house.SettleUntilAsync(order, "filled");

        Assert.Equal(0, await _house.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_waiting_order_can_be_taken_back_by_its_owner_alone()
    {
        _house.Price("BAJ", 50);
        var user = await _house.AUserAsync();
        var stranger = await _house.AUserAsync();
        await Accept(_house.PlaceAsync(user, "BAJ", Side.Buy, 2));
        var sell = await Accept(_house.PlaceAsync(user, "BAJ", Side.Sell, 2));

        Assert.IsType<CancelOutcome.Unknown>(await _house.Cancels.CancelAsync(stranger, sell, CancellationToken.None));
        Assert.IsType<CancelOutcome.Asked>(await _house.Cancels.CancelAsync(user, sell, CancellationToken.None));
        Assert.Equal("canceled", await _house.StatusAsync(sell));
        Assert.IsType<CancelOutcome.Over>(await _house.Cancels.CancelAsync(user, sell, CancellationToken.None));
    }

    [Fact]
    public async Task A_resting_limit_is_cancelled_at_the_venue_and_its_cash_comes_back()
    {
        var user = await _house.AUserAsync();
        var order = await Accept(_house.PlaceAsync(user, "BAK", Side.Buy, 10, limit: 20));
        await _house.Venue.NextAsync();

        Assert.IsType<CancelOutcome.Asked>(await _house.Cancels.CancelAsync(user, order, CancellationToken.None));
        await _house.SettleUntilAsync(order, "canceled");

        Assert.Equal(100_000, await _house.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task What_the_broker_refuses_is_closed_with_its_reason_and_the_cash_comes_back()
    {
        _house.Price("BAL", 10);
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "BAL");
        _house.Venue.Refusal = new AlpacaError(
            HttpStatusCode.Forbidden, 40310000, "insufficient buying power", new Dictionary<string, JsonElement>(StringComparer.Ordinal), null);

        var outcome = (await _house.Desk.ExecuteAsync([Signals.Of(session, "BAL", Side.Buy, 1, limit: 10)], false, CancellationToken.None))[0];
        await _house.SettleUntilAsync(outcome.OrderId!.Value, "rejected");

        Assert.Equal("BROKER_REJECTED", await database.ValueAsync<string>("select code from signals where session_id = $1", session));
        Assert.Equal(100_000, await _house.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_wash_trade_refusal_never_reaches_the_user()
    {
        _house.Price("BAM", 10);
        // Someone trades by hand in the account, and we know nothing of it.
        var foreign = await _house.Venue.SubmitAsync(
            new(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "BAM", Side.Sell, "limit", "day", 1, 9, TimeProvider.System.GetUtcNow(), null), CancellationToken.None);
        await _house.Venue.NextAsync();
        var user = await _house.AUserAsync();
        var order = await Accept(_house.PlaceAsync(user, "BAM", Side.Buy, 1));

        await _house.SettleUntilAsync(() => database.ValueAsync<bool>("select held_until is not null from orders where id = $1", order));
        Assert.Equal("accepted", await _house.StatusAsync(order));

        _house.Venue.End(foreign, tell: false);
        await _house.SettleUntilAsync(() => Task.FromResult(_house.Venue.Orders.Count(sent => sent.Symbol == "BAM") == 2));
        _house.Venue.Fill(await _house.Venue.NextAsync(), 1, 10);
        await _house.SettleUntilAsync(order, "filled");
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task Events_of_orders_that_are_not_ours_change_nothing()
    {
        var foreign = await _house.Venue.SubmitAsync(
            new(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "BAN", Side.Buy, "market", "day", 1, null, TimeProvider.System.GetUtcNow(), null), CancellationToken.None);
        await _house.Venue.NextAsync();

        _house.Venue.Fill(foreign, 1, 10);
        await _house.SettleAsync();

        Assert.Equal(0L, await database.ValueAsync<long>("select count(*) from trades where symbol = 'BAN'"));
    }

    private void Repeat(AlpacaTradeUpdate update) => _house.Venue.OnUpdate!(update);

    private async Task AUnitsAsync(Guid user, string symbol, decimal quantity, decimal price)
    {
        var order = await Accept(_house.PlaceAsync(user, symbol, Side.Buy, quantity, price));
        _house.Venue.Fill(await _house.Venue.NextAsync(), quantity, price);
        await _house.SettleUntilAsync(order, "filled");
    }

    private static async Task<Guid> Accept(Task<IntakeAnswer> placed)
    {
        var answer = await placed;
        Assert.Equal((ExecuteOutcome.Accepted, null), (answer.Status, answer.Detail));
        return answer.OrderId!.Value;
    }
}
