using StratForge.Gateway.Retention;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Retention;

public sealed class RetentionTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private const int RowsOfATape = 11;

    private readonly AgedHouse _house = new(database);

    [Fact]
    public async Task Logs_and_tape_of_a_session_go_some_time_after_its_end_and_never_while_it_runs()
    {
        var user = await _house.UserAsync();
        var (running, young) = (await _house.SessionAsync(user, endedDaysAgo: null), await _house.SessionAsync(user, endedDaysAgo: 89));
        var (older, oldest) = (await _house.SessionAsync(user, endedDaysAgo: 91), await _house.SessionAsync(user, endedDaysAgo: 181));

        await _house.RunAsync();

        Assert.Equal((3, RowsOfATape), (await _house.LogsAsync(running), await _house.TapeAsync(running)));
        Assert.Equal((3, RowsOfATape), (await _house.LogsAsync(young), await _house.TapeAsync(young)));
        Assert.Equal((0, RowsOfATape), (await _house.LogsAsync(older), await _house.TapeAsync(older)));
        Assert.Equal((0, 0), (await _house.LogsAsync(oldest), await _house.TapeAsync(oldest)));
        Assert.Equal(_house.Clock.GetUtcNow(), await GoneAtAsync("tape", oldest));
        Assert.Equal((null, null), (await GoneAtAsync("tape", older), await GoneAtAsync("logs", running)));
    }

    [Fact]
    public async Task A_run_that_is_cut_off_is_ended_by_the_next_and_what_it_began_to_delete_stays_gone_since_then()
    {
        var user = await _house.UserAsync();
        Guid[] sessions = [await _house.SessionAsync(user, 200), await _house.SessionAsync(user, 201), await _house.SessionAsync(user, 202)];
        var small = AgedHouse.Defaults;
        (small.Batch, small.SessionLogs, small.UserEvents) = (2, null, null);
        var began = _house.Clock.GetUtcNow();

        var first = await _house.RunAsync(small, batches: 4);
        _house.Clock.Advance(TimeSpan.FromHours(1));
        var kept = await TapesAsync(sessions);
        var second = await _house.RunAsync(small);
        var third = await _house.RunAsync(small);

        Assert.InRange(first.Values.Sum(), 1, 6);
        Assert.Equal(3 * RowsOfATape, first.Values.Sum() + kept);
        Assert.Equal(kept, second.Values.Sum());
        Assert.Equal(0, await TapesAsync(sessions));
        Assert.Equal(began, await GoneAtAsync("tape", sessions[0]));
        Assert.Empty(third);
        Assert.Equal(3, await database.ValueAsync<long>("select count(*) from sessions where id = any ($1) and tape_cleared", [sessions]));
    }

    [Fact]
    public async Task A_tape_stays_as_long_as_it_is_replayed()
    {
        var user = await _house.UserAsync();
        var session = await _house.SessionAsync(user, endedDaysAgo: 400);
        await database.ExecuteAsync("""
            insert into worker_jobs (id, user_id, kind, subject_id, created_at) values (gen_random_uuid(), $1, 'replay', $2, now())
            """, user, session);

        await _house.RunAsync();
        var meanwhile = (await _house.TapeAsync(session), await GoneAtAsync("tape", session));
        await database.ExecuteAsync("update worker_jobs set status = 'CANCELED', ended_at = $2 where subject_id = $1", session, _house.Ago(0));
        await _house.RunAsync();

        Assert.Equal((RowsOfATape, null), meanwhile);
        Assert.Equal(0, await _house.TapeAsync(session));
    }

    [Fact]
    public async Task Events_go_from_the_oldest_on_and_the_newest_stays_whatever_its_age()
    {
        var (silent, busy) = (await _house.UserAsync(events: 7, daysAgo: 300), await _house.UserAsync(events: 4, daysAgo: 90.5));
        var fresh = await _house.UserAsync(events: 3, daysAgo: 60);
        var small = AgedHouse.Defaults;
        small.Batch = 2;

        var deleted = await _house.RunAsync(small);

        Assert.Equal("7", await _house.EventsAsync(silent));
        Assert.Equal("4", await _house.EventsAsync(busy));
        Assert.Equal("1 2 3", await _house.EventsAsync(fresh));
        Assert.Equal((6, 3, 0), (await _house.FloorAsync(silent), await _house.FloorAsync(busy), await _house.FloorAsync(fresh)));
        Assert.Equal(9, deleted["user_events"]);
        Assert.Empty(await _house.RunAsync(small));
    }

    [Fact]
    public async Task An_order_event_that_an_open_session_was_not_told_stays_for_its_next_worker_and_goes_with_its_tape()
    {
        var user = await _house.UserAsync();
        var session = await _house.SessionAsync(user, endedDaysAgo: null);
        foreach (var kind in (string[])["order", "session", "fill", "order"])
        {
            await _house.EventAsync(user, session, kind, 300);
        }

        await _house.EventAsync(user, session: null, "portfolio", 1);

        await _house.RunAsync();
        // The first is on its tape, and a session is told orders and fills alone.
        var open = await _house.EventsAsync(user);
        await database.ExecuteAsync("update sessions set status = 'STOPPED', ended_at = $2 where id = $1", session, _house.Ago(181));
        await _house.RunAsync();

        Assert.Equal("3 4 5", open);
        Assert.Equal(4, await _house.FloorAsync(user));
        Assert.Equal("5", await _house.EventsAsync(user));
    }

    [Fact]
    public async Task Decisions_broker_orders_and_jobs_go_when_they_are_over_and_old()
    {
        var user = await _house.UserAsync();
        await database.ExecuteAsync("""
            insert into routing_decisions (at, kind, symbol, reason) values ($1, 'wait', 'OLD', ''), ($1, 'wait', 'OLD', ''), ($2, 'wait', 'NEW', '')
            """, _house.Ago(181), _house.Ago(179));
        await database.ExecuteAsync("""
            insert into broker_orders (id, symbol, side, type, time_in_force, quantity, status, created_at, updated_at)
            select gen_random_uuid(), symbol, 'buy', 'market', 'day', 1, status, created_at, updated_at
            from (values ('OPEN', 'new', $1, $1), ('OVER', 'filled', $1, $1), ('OVER', 'rejected', $1, $1), ('LATE', 'canceled', $1, $2), ('NEW', 'expired', $2, $2))
                 as row (symbol, status, created_at, updated_at)
            """, _house.Ago(366), _house.Ago(364));
        await database.ExecuteAsync("""
            insert into worker_jobs (id, user_id, kind, status, failure_code, created_at, ended_at)
            values (gen_random_uuid(), $1, 'old', 'FAILED', 'X', $2, $2), (gen_random_uuid(), $1, 'new', 'FAILED', 'X', $2, $3), (gen_random_uuid(), $1, 'open', 'QUEUED', null, $2, null)
            """, user, _house.Ago(181), _house.Ago(179));
        await database.ExecuteAsync("""
            insert into market_data_jobs (id, user_id, kind, status, symbols, timeframe, created_at, ended_at)
            values (gen_random_uuid(), $1, 'import', 'COMPLETED', '{OLD}', '1m', $2, $2), (gen_random_uuid(), $1, 'import', 'RUNNING', '{OPEN}', '1m', $2, null)
            """, user, _house.Ago(181));
        var small = AgedHouse.Defaults;
        small.Batch = 1;

        var deleted = await _house.RunAsync(small);

        Assert.Equal((2, 2, 1, 1), (deleted["routing_decisions"], deleted["broker_orders"], deleted["worker_jobs"], deleted["market_data_jobs"]));
        Assert.Equal("NEW", await TextAsync("select string_agg(symbol, ' ') from routing_decisions"));
        Assert.Equal("LATE NEW OPEN", await TextAsync("select string_agg(symbol, ' ' order by symbol) from broker_orders"));
        Assert.Equal("new open", await TextAsync("select string_agg(kind, ' ' order by kind) from worker_jobs where user_id = $1", user));
        Assert.Equal("{OPEN}", await TextAsync("select string_agg(symbols::text, ' ') from market_data_jobs"));
    }

    [Fact]
    public async Task What_is_kept_for_ever_is_kept_and_so_is_everything_that_accounts_are_made_of()
    {
        var user = await _house.UserAsync(events: 3, daysAgo: 5_000);
        var session = await _house.SessionAsync(user, endedDaysAgo: 5_000);
        var forEver = new RetentionOptions
        {
            SessionLogs = TimeSpan.Zero, Tapes = null, RoutingDecisions = TimeSpan.Zero, BrokerOrders = null, UserEvents = TimeSpan.Zero, Jobs = null,
        };

        Assert.Empty(await _house.RunAsync(forEver));
        Assert.Equal((3, RowsOfATape), (await _house.LogsAsync(session), await _house.TapeAsync(session)));
        Assert.Equal("1 2 3", await _house.EventsAsync(user));
        Assert.DoesNotContain(
            (await _house.RunAsync()).Keys,
            table => table.StartsWith("ledger", StringComparison.Ordinal) || table is "orders" or "trades" or "signals" or "sessions" or "positions");
    }

    [Fact]
    public async Task A_row_that_somebody_holds_is_not_waited_for()
    {
        await database.ExecuteAsync("""
            insert into broker_orders (id, symbol, side, type, time_in_force, quantity, status, created_at, updated_at)
            select gen_random_uuid(), symbol, 'buy', 'market', 'day', 1, 'filled', $1, $1 from unnest(array['HELD', 'FREE']) symbol
            """, _house.Ago(500));
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = connection.CreateCommand();
        hold.CommandText = "select from broker_orders where symbol = 'HELD' for update";
        await hold.ExecuteNonQueryAsync();

        var meanwhile = await _house.RunAsync().WaitAsync(TimeSpan.FromSeconds(15));
        await transaction.RollbackAsync();
        var later = await _house.RunAsync();

        Assert.Equal(1, meanwhile["broker_orders"]);
        Assert.Equal(1, later["broker_orders"]);
    }

    [Fact]
    public async Task It_gives_way_after_each_batch()
    {
        await _house.RunAsync();
        var session = await _house.SessionAsync(await _house.UserAsync(), endedDaysAgo: 100);
        var slow = AgedHouse.Defaults;
        (slow.Batch, slow.Pause) = (2, TimeSpan.FromSeconds(1));

        var run = _house.RunAsync(slow);
        await Eventually.BecomesAsync(() => Task.FromResult(_house.Clock.TimersSet), timers => timers == 1);
        var meanwhile = await _house.LogsAsync(session);
        _house.Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.BecomesAsync(() => _house.LogsAsync(session), lines => lines == 0);
        await Eventually.BecomesAsync(() => Task.FromResult(_house.Clock.TimersSet), timers => timers == 1);
        _house.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, meanwhile);
        Assert.Equal(3, (await run.WaitAsync(TimeSpan.FromSeconds(15)))["session_logs"]);
    }

    [Fact]
    public async Task No_table_of_the_tape_is_forgotten()
    {
        var tables = await TextAsync("""
            select string_agg(relname, ' ' order by relname)
            from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r' and relname like 'session_tape%'
            """);

        Assert.Equal(
            tables,
            string.Join(' ', SessionRemains.Tape.Tables.Where(table => table.StartsWith("session_tape", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
    }

    private async Task<long> TapesAsync(Guid[] sessions)
    {
        var rows = 0L;
        foreach (var session in sessions)
        {
            rows += await _house.TapeAsync(session);
        }

        return rows;
    }

    private async Task<DateTimeOffset?> GoneAtAsync(string part, Guid session) =>
        await database.ValueAsync<DateTime?>($"select {part}_gone_at from sessions where id = $1", session) is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;

    private Task<string?> TextAsync(string sql, params object?[] values) => database.ValueAsync<string>(sql, values);
}
