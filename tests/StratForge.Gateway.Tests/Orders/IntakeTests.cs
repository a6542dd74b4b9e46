using System.Text.Json;
using Npgsql;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;
using StratForge.Gateway.Orders;
using StratForge.Testing;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Orders;

public sealed class IntakeTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private OrderHouse _house = null!;

    public async Task InitializeAsync() => _house = await OrderHouse.OpenAsync(database, redis);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_balance_that_covers_ten_of_a_hundred_parallel_orders_buys_exactly_ten()
    {
        var user = await _house.AUserAsync(100_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _house.PlaceAsync(user, "AAA", Side.Buy, 1, limit: 10_000)));

        Assert.Equal(10, answers.Count(answer => answer.Status == ExecuteOutcome.Accepted));
        Assert.Equal(90, answers.Count(answer => answer.Code == "INSUFFICIENT_FUNDS"));
        Assert.Equal(0, await _house.BalanceAsync(user, "cash"));
        Assert.Equal(100_000, await _house.BalanceAsync(user, "cash_reserved"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_refused_order_leaves_no_trace_and_says_what_was_missing()
    {
        var user = await _house.AUserAsync(100);

        var answer = await _house.PlaceAsync(user, "AAB", Side.Buy, 3, limit: 50.01m);

        Assert.Equal("INSUFFICIENT_FUNDS: required=150.03 available=100", answer.Detail);
        Assert.Equal(100, answer.Balance);
        Assert.Equal(0L, await database.ValueAsync<long>("select count(*) from orders where user_id = $1", user));
    }

    [Fact]
    public async Task A_repeated_signal_gets_its_first_answer_and_trades_once()
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAC");
        var signal = Signals.Of(session, "AAC", Side.Buy, 1, limit: 10);

        var first = await _house.Desk.ExecuteAsync([signal], false, CancellationToken.None);
        var again = await _house.Desk.ExecuteAsync([signal, signal], false, CancellationToken.None);
        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _house.Desk.ExecuteAsync([signal], false, CancellationToken.None)));

        Assert.Equal(ExecuteOutcome.Accepted, first[0].Status);
        Assert.All(again.Concat(together.SelectMany(outcomes => outcomes)), outcome => Assert.Equal(first[0].OrderId, outcome.OrderId));
        Assert.Equal(1L, await database.ValueAsync<long>("select count(*) from orders where session_id = $1", session));
    }

    [Fact]
    public async Task A_refused_signal_is_recorded_and_a_repeat_is_refused_alike()
    {
        var user = await _house.AUserAsync(5);
        var session = await _house.ASessionAsync(user, "AAD");
        var signal = Signals.Of(session, "AAD", Side.Buy, 1, limit: 10);

        var first = (await _house.Desk.ExecuteAsync([signal], false, CancellationToken.None))[0];
        await database.ExecuteAsync(
            "update ledger_accounts set balance = 5 where owner_id = $1 and kind = 'cash'", user);
        var again = (await _house.Desk.ExecuteAsync([signal], false, CancellationToken.None))[0];

        Assert.Equal((ExecuteOutcome.Rejected, "INSUFFICIENT_FUNDS"), (first.Status, first.Code));
        Assert.Equal(first.Detail, again.Detail);
        Assert.Equal("REJECTED", await database.ValueAsync<string>("select status from signals where id = $1", signal.SignalId));
    }

    [Fact]
    public async Task A_worker_that_lost_its_session_is_fenced()
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAE", epoch: 5);

        var outcome = (await _house.Desk.ExecuteAsync([Signals.Of(session, "AAE", Side.Buy, 1, epoch: 4, limit: 10)], false, CancellationToken.None))[0];

        Assert.Equal(ExecuteOutcome.Fenced, outcome.Status);
        Assert.Equal(0L, await database.ValueAsync<long>("select count(*) from signals where session_id = $1", session));
    }

    [Theory]
    [InlineData("STARTING", ExecuteOutcome.Accepted, null)]
    [InlineData("PAUSED", ExecuteOutcome.Rejected, "SESSION_PAUSED")]
    [InlineData("STOPPING", ExecuteOutcome.Rejected, "SESSION_STOPPING")]
    [InlineData("STOPPED", ExecuteOutcome.Rejected, "SESSION_NOT_RUNNING")]
    public async Task A_session_trades_unless_it_is_paused_or_told_to_stop(string status, string expected, string? code)
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAF", status);

        var outcome = (await _house.Desk.ExecuteAsync([Signals.Of(session, "AAF", Side.Buy, 1, limit: 10)], false, CancellationToken.None))[0];

        Assert.Equal((expected, code), (outcome.Status, outcome.Code));
    }

    [Fact]
    public async Task A_session_trades_its_own_symbol_and_those_its_strategy_subscribed_to_and_no_other()
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAG");
        await database.ExecuteAsync("insert into session_symbols (session_id, place, symbol, first_seq) values ($1, 1, 'AAH', 0)", session);

        var outcomes = await _house.Desk.ExecuteAsync(
            [
                Signals.Of(session, "AAG", Side.Buy, 1, seq: 1, limit: 10), Signals.Of(session, "AAH", Side.Buy, 2, seq: 2, limit: 10),
                Signals.Of(session, "AAI", Side.Buy, 1, seq: 3, limit: 10),
            ],
            false, CancellationToken.None);

        Assert.Equal([null, null, "SYMBOL_NOT_SUBSCRIBED"], outcomes.Select(outcome => outcome.Code));
        Assert.Equal("SYMBOL_NOT_SUBSCRIBED: requested=AAI subscribed=AAG,AAH", outcomes[2].Detail);
        Assert.Equal(
            "AAG,AAH", await database.ValueAsync<string>("select string_agg(symbol, ',' order by symbol) from orders where session_id = $1", session));
    }

    [Fact]
    public async Task A_signals_stops_and_exits_become_those_of_its_order()
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAP");
        var entry = Signals.Of(session, "AAP", Side.Buy, 1, seq: 1, limit: 10) with { TakeProfit = 12, StopLoss = 9, StopLossLimit = 8.9m };

        var outcomes = await _house.Desk.ExecuteAsync(
            [
                entry,
                entry with { SignalId = Guid.CreateVersion7(DateTimeOffset.UnixEpoch), TakeProfit = 8 },
                Signals.Of(session, "AAP", Side.Buy, 1, seq: 2) with { OrderType = "stop_limit", LimitPrice = 11, StopPrice = 10.5m },
                Signals.Of(session, "AAP", Side.Buy, 1, seq: 3) with { OrderType = "stop" },
                Signals.Of(session, "AAP", Side.Buy, 1, seq: 4, limit: 10) with { StopLossLimit = 8 },
            ],
            false, CancellationToken.None);

        Assert.Equal([null, "BAD_PRICE", null, "BAD_PRICE", "BAD_EXITS"], outcomes.Select(outcome => outcome.Code));
        Assert.Equal(2L, await database.ValueAsync<long>("select count(*) from orders where parent_id = $1 and session_id = $2", outcomes[0].OrderId!, session));
        Assert.Equal("stop_limit", await database.ValueAsync<string>("select type from orders where id = $1", outcomes[2].OrderId!));
    }

    [Fact]
    public async Task A_signal_whose_exit_the_venue_would_refuse_is_refused_itself()
    {
        await using var house = await OrderHouse.OpenAsync(database, redis, new PaperVenue(TimeProvider.System) { Listed = ["AAS"] });
        await house.Get<ListedAssets>().RefreshAsync(CancellationToken.None);
        var session = await house.ASessionAsync(await house.AUserAsync(), "AAS");
        var entry = Signals.Of(session, "AAS", Side.Buy, 1, limit: 10) with { TakeProfit = 12.005m, StopLoss = 9 };

        var outcome = (await house.Desk.ExecuteAsync([entry], false, CancellationToken.None))[0];

        Assert.Equal("BAD_PRICE: limit_price=12.005 step=0.01 leg=take_profit", outcome.Detail);
        Assert.Equal(0L, await database.ValueAsync<long>("select count(*) from orders where session_id = $1", session));
    }

    [Fact]
    public async Task A_session_takes_back_its_own_orders_and_nobody_elses()
    {
        var user = await _house.AUserAsync();
        var (session, other) = (await _house.ASessionAsync(user, "AAQ"), await _house.ASessionAsync(user, "AAQ"));
        ExecuteSignal[] signals =
        [
            Signals.Of(session, "AAQ", Side.Buy, 1, seq: 1, limit: 10), Signals.Of(session, "AAQ", Side.Buy, 1, seq: 2, limit: 10),
            Signals.Of(other, "AAQ", Side.Buy, 1, seq: 1, limit: 10),
        ];
        var orders = (await _house.Desk.ExecuteAsync(signals, false, CancellationToken.None)).Select(outcome => outcome.OrderId!.Value).ToArray();
        var cancels = _house.Get<OrderCancels>();

        var one = await cancels.CancelAsync(new CancelOrders(session, 1, SessionEventKind.Bar, 3, [orders[1], orders[2]]), CancellationToken.None);
        var rest = await cancels.CancelAsync(new CancelOrders(session, 1, SessionEventKind.Bar, 4), CancellationToken.None);
        var none = await cancels.CancelAsync(new CancelOrders(session, 1, SessionEventKind.Bar, 5), CancellationToken.None);

        Assert.Equal([orders[1]], one!.OrderIds);
        Assert.Equal([orders[0]], rest!.OrderIds);
        Assert.Empty(none!.OrderIds);
        Assert.Null(await cancels.CancelAsync(new CancelOrders(Guid.Empty, 1, SessionEventKind.Bar, 6), CancellationToken.None));
    }

    [Fact]
    public async Task A_wish_to_take_everything_back_that_was_carried_out_before_finds_no_order_placed_since()
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAT", epoch: 1);
        var cancels = _house.Get<OrderCancels>();
        var wish = new CancelOrders(session, 1, SessionEventKind.Bar, 7);
        await cancels.CancelAsync(wish, CancellationToken.None);
        var order = await BuyAsync(seq: 7);
        await database.ExecuteAsync("update sessions set lease_epoch = 2 where id = $1", session);

        // Whoever has the session by then tells its strategy bar 7 again.
        var again = await cancels.CancelAsync(wish with { LeaseEpoch = 2 }, CancellationToken.None);
        var before = await cancels.CancelAsync(wish with { LeaseEpoch = 2, EventSeq = 6 }, CancellationToken.None);
        var other = await cancels.CancelAsync(wish with { LeaseEpoch = 1, EventSeq = 8 }, CancellationToken.None);
        var open = await database.ValueAsync<long>("select count(*) from orders where id = $1 and status <> 'canceled'", order);
        var next = await cancels.CancelAsync(wish with { LeaseEpoch = 2, EventSeq = 8 }, CancellationToken.None);
        var update = await BuyAsync(seq: 8);
        var atAnUpdate = await cancels.CancelAsync(wish with { LeaseEpoch = 2, EventKind = SessionEventKind.Order, EventSeq = 3 }, CancellationToken.None);

        Assert.Equal((ExecuteOutcome.Accepted, ExecuteOutcome.Accepted, ExecuteOutcome.Fenced), (again!.Status, before!.Status, other!.Status));
        Assert.Empty(again.OrderIds.Concat(before.OrderIds).Concat(other.OrderIds));
        Assert.Equal(1, open);
        Assert.Equal([order], next!.OrderIds);
        Assert.Equal([update], atAnUpdate!.OrderIds);

        async Task<Guid> BuyAsync(long seq) => (await _house.Desk.ExecuteAsync(
            [Signals.Of(session, "AAT", Side.Buy, 1, seq: seq, limit: 10, epoch: 2)], false, CancellationToken.None))[0].OrderId!.Value;
    }

    [Fact]
    public async Task A_malformed_signal_is_recorded_with_its_reason()
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAI");

        var outcomes = await _house.Desk.ExecuteAsync(
            [
                Signals.Of(session, "AAI", Side.Buy, -3, seq: 1, limit: 10),
                Signals.Of(session, "AAI", Side.Buy, 1, seq: 2, limit: 10) with { Confidence = double.NaN },
                Signals.Of(session, "AAI", Side.Buy, 1, seq: 3) with { OrderType = "wish" },
                Signals.Of(session, "AAI", Side.Buy, 1, seq: 4, limit: 10) with { Metadata = JsonSerializer.SerializeToElement("\0") },
                Signals.Of(session, "AAI", Side.Buy, 1, seq: 5, limit: 10) with { Metadata = JsonElement.Parse("""{"half":"\ud800"}""") },
                Signals.Of(session, "AAI", Side.Buy, 1, seq: 6, limit: 10) with { Metadata = JsonElement.Parse("""{"digits":1e131072}""") },
            ],
            false, CancellationToken.None);

        Assert.Equal(["BAD_QUANTITY", "BAD_SIGNAL", "BAD_ORDER_TYPE", "BAD_SIGNAL", "BAD_SIGNAL", "BAD_SIGNAL"], outcomes.Select(outcome => outcome.Code));
        Assert.Equal(6L, await database.ValueAsync<long>("select count(*) from signals where session_id = $1 and status = 'REJECTED'", session));
    }

    [Fact]
    public async Task An_observed_signal_is_recorded_and_buys_nothing()
    {
        var user = await _house.AUserAsync();
        var session = await _house.ASessionAsync(user, "AAJ");

        var outcome = (await _house.Desk.ExecuteAsync([Signals.Of(session, "AAJ", Side.Buy, 1)], recordOnly: true, CancellationToken.None))[0];

        Assert.Equal(ExecuteOutcome.Recorded, outcome.Status);
        Assert.Equal(100_000, await _house.BalanceAsync(user, "cash"));
    }

    [Fact]
    public async Task A_market_buy_without_any_price_is_refused()
    {
        var user = await _house.AUserAsync();

        Assert.Equal("NO_PRICE", (await _house.PlaceAsync(user, "AAK", Side.Buy, 1)).Code);
    }

    [Fact]
    public async Task The_same_client_order_id_is_the_same_order_and_never_another()
    {
        var user = await _house.AUserAsync();
        var stranger = await _house.AUserAsync();

        var first = await _house.PlaceAsync(user, "AAL", Side.Buy, 1, limit: 10, clientOrderId: "mine");
        var again = await _house.PlaceAsync(user, "AAL", Side.Buy, 1, limit: 10, clientOrderId: "mine");
        var other = await _house.PlaceAsync(user, "AAL", Side.Buy, 2, limit: 10, clientOrderId: "mine");
        var anothers = await _house.PlaceAsync(stranger, "AAL", Side.Buy, 2, limit: 10, clientOrderId: "mine");

        Assert.True(first.IsNew);
        Assert.Equal((false, first.OrderId), (again.IsNew, again.OrderId));
        Assert.Equal("CONFLICT", other.Status);
        Assert.True(anothers.IsNew);
    }

    [Fact]
    public async Task Like_market_orders_of_one_batch_go_to_the_broker_as_one()
    {
        _house.Price("AAM", 100);
        var signals = new List<ExecuteSignal>();
        for (var i = 1; i <= 5; i++)
        {
            var session = await _house.ASessionAsync(await _house.AUserAsync(), "AAM");
            signals.Add(Signals.Of(session, "AAM", Side.Buy, i));
        }

        var outcomes = await _house.Desk.ExecuteAsync(signals, false, CancellationToken.None);
        var sent = await _house.Venue.NextAsync();

        Assert.Equal(15, sent.Qty);
        Assert.Equal(outcomes[0].OrderId.ToString(), sent.ClientOrderId);
        Assert.Equal(100_000 - 102, outcomes[0].NewBalance);
    }

    [Fact]
    public async Task A_sale_of_units_nobody_has_is_refused()
    {
        var user = await _house.AUserAsync();

        var answer = await _house.PlaceAsync(user, "AAN", Side.Sell, 2);

        Assert.Equal("INSUFFICIENT_QUANTITY: required=2 available=0 incoming=0", answer.Detail);
    }

    [Fact]
    public async Task Every_event_is_kept_and_told_in_the_shape_of_the_bus()
    {
        var user = await _house.AUserAsync();
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await redis.ConnectAsync();
        await listener.GetSubscriber().SubscribeAsync(Topics.UserEvents(user), (_, message) => heard.TrySetResult(message!));
        var session = await _house.ASessionAsync(user, "AAO");
        var signal = Signals.Of(session, "AAO", Side.Buy, 2, limit: 10.5m) with { Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        await _house.Desk.ExecuteAsync([signal], false, CancellationToken.None);

        var told = JsonSerializer.Deserialize(await heard.Task.WaitAsync(TimeSpan.FromSeconds(10)), ContractsJson.Default.UserEvent)!;
        var order = told.Data.Deserialize(ContractsJson.Default.OrderEvent)!;
        Assert.Equal((1L, user, session, "order"), (told.Id, told.UserId, told.SessionId!.Value, told.Kind));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c", told.Traceparent);
        Assert.Equal((signal.SignalId, "AAO", Side.Buy, "accepted", 2m, 0m), (order.SignalId, order.Symbol, order.Side, order.Status, order.Quantity, order.FilledQuantity));
        Assert.Equal((99_979m, 0m, 0m), (order.Cash, order.Position.Quantity, order.Position.AveragePrice));
        await listener.CloseAsync();
    }

    [Fact]
    public async Task An_order_of_a_user_without_an_account_is_refused_and_harms_nobody_beside_it()
    {
        var user = await _house.AUserAsync();

        var answers = await Task.WhenAll(
            _house.PlaceAsync(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "AAP", Side.Buy, 1, limit: 10),
            _house.PlaceAsync(user, "AAP", Side.Buy, 1, limit: 10));

        Assert.Equal(["ACCOUNT_UNKNOWN", null], answers.Select(answer => answer.Code));
    }

    [Fact]
    public async Task An_order_for_the_day_lives_until_the_next_close_the_moment_the_last_one_has_passed()
    {
        var user = await _house.AUserAsync();
        var close = TimeProvider.System.Now().AddMinutes(5);
        _house.Price("AAT", 12);
        _house.Venue.ClosesAt = close;
        var first = await _house.PlaceAsync(user, "AAT", Side.Buy, 1, limit: 10);
        _house.Venue.ClosesAt = close.AddDays(1);
        var second = await _house.PlaceAsync(user, "AAT", Side.Buy, 1, limit: 10);
        _house.Get<LastPrices>().Note(new LastPrice("AAT", 12, close));
        var third = await _house.PlaceAsync(user, "AAT", Side.Buy, 1, limit: 10);

        Assert.Equal((close, close, close.AddDays(1)), (await ExpiryAsync(first.OrderId), await ExpiryAsync(second.OrderId), await ExpiryAsync(third.OrderId)));
        Assert.Equal("accepted", await _house.StatusAsync(third.OrderId!.Value));
    }

    [Fact]
    public async Task An_order_that_is_given_more_time_or_less_ends_accordingly()
    {
        var user = await _house.AUserAsync();
        _house.Price("AAU", 12);
        var order = (await _house.PlaceAsync(user, "AAU", Side.Buy, 1, limit: 10)).OrderId!.Value;
        Assert.NotNull(await ExpiryAsync(order));

        var lasting = Assert.IsType<ReplaceOutcome.Replaced>(await _house.Desk.ReplaceAsync(user, order, new NewTerms(TimeInForce: "gtc"), null, CancellationToken.None));
        Assert.Null(await ExpiryAsync(lasting.Order.Id));
        var brief = Assert.IsType<ReplaceOutcome.Replaced>(
            await _house.Desk.ReplaceAsync(user, lasting.Order.Id, new NewTerms(TimeInForce: "day"), null, CancellationToken.None));
        Assert.NotNull(await ExpiryAsync(brief.Order.Id));
    }

    [Fact]
    public async Task What_the_database_can_not_hold_of_one_order_does_not_stop_those_beside_it()
    {
        var user = await _house.AUserAsync();
        _house.Price("AAV", 12);
        NewOrder[] orders =
        [
            .. new[] { "first", "", "last" }.Select(name => new NewOrder(
                OrderIds.Derive(user, "client_order_id", name), user, null, new OrderTerms("AAV", Side.Buy, 1, OrderType.Limit, "gtc", 10), 10, null,
                TimeProvider.System.GetUtcNow(), null, null, ClientOrderId: name)),
        ];

        var answers = await _house.Books.AskAsync(new TakeIn(orders), CancellationToken.None);

        Assert.Equal([null, "BAD_ORDER", null], answers.Select(answer => answer.Code));
        Assert.Equal(2L, await database.ValueAsync<long>("select count(*) from orders where user_id = $1", user));
        Assert.Equal(20, await _house.BalanceAsync(user, "cash_reserved"));
    }

    [Fact]
    public async Task After_a_commit_of_which_nobody_knows_the_outcome_it_is_waited_for_and_a_later_one_is_refused()
    {
        var user = await _house.AUserAsync();
        _house.Price("AAW", 12);
        await _house.PlaceAsync(user, "AAW", Side.Buy, 1, limit: 10);
        var epoch = _house.Books.Epoch!.Value;

        // What is still under way at the server: it numbers the user's next event.
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var late = await connection.BeginTransactionAsync();
        await RunAsync(connection, $"select begin_unit({epoch}, array[]::uuid[], array[]::bigint[])");
        await RunAsync(connection, $"insert into user_events (user_id, id, kind, occurred_at, data) values ('{user}', 2, 'order', now(), '{{}}')");
        await RunAsync(connection, $"update accounts set last_event_id = 2 where user_id = '{user}'");

        await _house.Books.DoAsync(new Breaking(), CancellationToken.None);
        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())"),
            static waiting => waiting > 0);
        var next = _house.PlaceAsync(user, "AAW", Side.Buy, 1, limit: 10);
        Assert.False(next.IsCompleted);
        await late.CommitAsync();

        Assert.Equal(ExecuteOutcome.Accepted, (await next).Status);
        Assert.Equal(3L, await database.ValueAsync<long>("select last_event_id from accounts where user_id = $1", user));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(connection, $"select begin_unit({epoch}, array[]::uuid[], array[]::bigint[])"));
        Assert.Equal(BooksCommit.NotLeading, refused.SqlState);
    }

    [Fact]
    public async Task Books_that_lack_something_are_read_again_instead_of_failing_for_ever()
    {
        var user = await _house.AUserAsync();
        _house.Price("AAX", 12);
        await _house.PlaceAsync(user, "AAX", Side.Buy, 1, limit: 10);
        await database.ExecuteAsync("insert into user_events (user_id, id, kind, occurred_at, data) values ($1, 2, 'order', now(), '{}')", user);
        await database.ExecuteAsync("update accounts set last_event_id = 2 where user_id = $1", user);

        Assert.Equal(ExecuteOutcome.Accepted, (await _house.PlaceAsync(user, "AAX", Side.Buy, 1, limit: 10)).Status);
    }

    [Fact]
    public async Task A_gateway_that_was_superseded_takes_nothing_in_any_more()
    {
        var venue = new PaperVenue(TimeProvider.System);
        await using var first = await OrderHouse.OpenAsync(database, redis, venue);
        var user = await first.AUserAsync(1_000);
        var before = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => first.PlaceAsync(user, "AAQ", Side.Buy, 1, limit: 100)));
        await using var second = await OrderHouse.OpenAsync(database, redis, venue);

        await Assert.ThrowsAsync<NotLeadingException>(() => first.PlaceAsync(user, "AAQ", Side.Buy, 1, limit: 100));
        var after = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => second.PlaceAsync(user, "AAR", Side.Buy, 1, limit: 100)));

        Assert.All(before, answer => Assert.Equal(ExecuteOutcome.Accepted, answer.Status));
        Assert.Equal(6, after.Count(answer => answer.Status == ExecuteOutcome.Accepted));
        Assert.False(first.Books.IsLeading);
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task An_order_that_may_have_been_written_is_not_said_to_be_left_undone_by_a_gateway_that_stops_leading()
    {
        var user = await _house.AUserAsync(1_000);
        await database.ExecuteAsync("create sequence attempts");
        await database.ExecuteAsync("""
            create function lose_it() returns trigger language plpgsql as $$
            begin perform nextval('attempts'); raise exception 'gone' using errcode = '57P03'; end $$
            """);
        await database.ExecuteAsync("create trigger lose_it before insert on orders for each row execute function lose_it()");

        var placed = _house.PlaceAsync(user, "AAS", Side.Buy, 1, limit: 100);
        await Eventually.BecomesAsync(() => database.ValueAsync<bool>("select is_called from attempts"), tried => tried);
        _house.Books.StepDown();
        var failure = await Record.ExceptionAsync(() => placed);

        await database.ExecuteAsync("drop trigger lose_it on orders");
        Assert.IsAssignableFrom<NpgsqlException>(failure);
    }

    [Fact]
    public async Task An_order_that_is_taken_in_and_taken_back_at_once_says_when_it_was_taken_back()
    {
        var user = await _house.AUserAsync();
        _house.Price("AAY", 12);
        using var pause = new Pause();
        await _house.Books.DoAsync(pause, CancellationToken.None);
        var placing = _house.PlaceAsync(user, new OrderTerms("AAY", Side.Buy, 1, OrderType.Limit, "gtc", 10));
        var canceling = _house.Cancels.CancelAllAsync(user, CancellationToken.None);
        pause.End();

        var order = (await placing).OrderId!.Value;
        Assert.Equal(order, Assert.Single(await canceling));
        Assert.Equal("canceled", await _house.StatusAsync(order));
        Assert.NotNull(await database.ValueAsync<DateTime?>("select canceled_at from orders where id = $1", order));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancel_that_was_written_without_anybody_knowing_is_not_said_to_come_too_late(bool all)
    {
        var user = await _house.AUserAsync();
        _house.Price("AAZ", 12);
        var order = (await _house.PlaceAsync(user, new OrderTerms("AAZ", Side.Buy, 1, OrderType.Limit, "gtc", 10))).OrderId!.Value;
        using var pause = new Pause();
        await _house.Books.DoAsync(pause, CancellationToken.None);
        var canceling = all
            ? (Task)_house.Cancels.CancelAllAsync(user, CancellationToken.None)
            : _house.Cancels.CancelAsync(user, order, CancellationToken.None);
        await _house.Books.DoAsync(new Breaking("commit"), CancellationToken.None);
        pause.End();

        if (all)
        {
            Assert.Equal(order, Assert.Single(await (Task<IReadOnlyList<Guid>>)canceling));
        }
        else
        {
            Assert.IsType<CancelOutcome.Asked>(await (Task<CancelOutcome>)canceling);
        }

        Assert.Equal("canceled", await _house.StatusAsync(order));
        Assert.IsType<CancelOutcome.Over>(await _house.Cancels.CancelAsync(user, order, CancellationToken.None));
    }

    private async Task<DateTimeOffset?> ExpiryAsync(Guid? order) =>
        await database.ValueAsync<DateTime?>("select expires_at from orders where id = $1", order!.Value) is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Fails over its commit the first time as when the connection breaks.</summary>
    /// <param name="first">Done before: <c>commit</c> has written all that the unit did.</param>
    private sealed class Breaking(string first = "select 1") : BookCommand
    {
        private bool _isDone;

        public override void Apply(BookWork work)
        {
            if (!_isDone)
            {
                _isDone = true;
                work.Besides.Add(new Statement(first));
                work.Besides.Add(new Statement("do $$ begin raise exception 'broken' using errcode = 'connection_failure'; end $$"));
            }
        }
    }

    /// <summary>Holds the books up until a test has queued what is to be done together.</summary>
    private sealed class Pause : BookCommand, IDisposable
    {
        private readonly ManualResetEventSlim _ended = new();

        public override void Apply(BookWork work) => _ended.Wait(TimeSpan.FromSeconds(15));

        public void End() => _ended.Set();

        public void Dispose() => _ended.Dispose();
    }
}
