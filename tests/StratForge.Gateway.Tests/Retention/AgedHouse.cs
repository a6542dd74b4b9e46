using StratForge.Gateway.Retention;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Retention;

/// <summary>A database in which rows of any age are laid down, and retention as it runs in the gateway, on a clock of the test's.</summary>
internal sealed class AgedHouse(FreshDatabase database)
{
    private static int s_names;

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>As shipped, without pauses.</summary>
    public static RetentionOptions Defaults => new() { Pause = TimeSpan.Zero };

    public DateTimeOffset Ago(double days) => Clock.GetUtcNow() - TimeSpan.FromDays(days);

    /// <summary>Runs once through all tables.</summary>
    /// <param name="options">As shipped if not given.</param>
    /// <param name="batches">Looks at whether it goes on until it is cut off.</param>
    public async Task<IReadOnlyDictionary<string, long>> RunAsync(RetentionOptions? options = null, int batches = int.MaxValue)
    {
        var run = new RetentionRun(new RetentionStore(database.DataSource), options ?? Defaults, () => batches-- > 0, Clock);
        await run.RunAsync(CancellationToken.None);
        return run.Deleted;
    }

    /// <summary>Somebody with an account and so many events, the last of which is a day younger than the others.</summary>
    public async Task<Guid> UserAsync(int events = 0, double daysAgo = 0)
    {
        var (id, name) = (Guid.CreateVersion7(Clock.GetUtcNow()), $"aged{Interlocked.Increment(ref s_names)}");
        await database.ExecuteAsync("""
            with born as (
                insert into users (id, email, username, password_hash, created_at, updated_at) values ($1, $2 || '@example.org', $2, 'h', now(), now())
                returning id)
            insert into accounts (user_id, last_event_id, opened_at) select id, 0, now() from born
            """, id, name);
        for (var i = 0; i < events; i++)
        {
            await EventAsync(id, session: null, "order", i == events - 1 ? daysAgo - 1 : daysAgo);
        }

        return id;
    }

    /// <summary>The next event of a user.</summary>
    public Task EventAsync(Guid user, Guid? session, string kind, double daysAgo) => database.ExecuteAsync("""
        with next as (update accounts set last_event_id = last_event_id + 1 where user_id = $1 returning last_event_id)
        insert into user_events (user_id, id, session_id, kind, occurred_at, data) select $1, last_event_id, $2, $3, $4, '{}' from next
        """, user, session, kind, Ago(daysAgo));

    /// <summary>A session with three lines of log and a row or more in each table of its tape.</summary>
    /// <param name="endedDaysAgo">Null: it runs.</param>
    public async Task<Guid> SessionAsync(Guid user, double? endedDaysAgo)
    {
        var (id, strategy) = (Guid.CreateVersion7(Clock.GetUtcNow()), Guid.CreateVersion7(Clock.GetUtcNow()));
        await database.ExecuteAsync("""
            with written as (
                insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
                values ($1, $2, 'A', 'python', 'SPY', '', 'h', now(), now()))
            insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at) values ($1, 1, 'python', '', 'h', now())
            """, strategy, user);
        await database.ExecuteAsync("""
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, ended_at, told_status)
            values ($1, $2, $3, 1, 'SPY', 'stock', case when $4::timestamptz is null then 'RUNNING' else 'STOPPED' end, '2020-01-01', $4, 'STOPPED')
            """, id, user, strategy, endedDaysAgo is { } days ? Ago(days) : null);
        await database.ExecuteAsync("""
            with logged as (
                insert into session_logs (session_id, at, level, message) select $1, '2020-01-01', 'info', 'line ' || n from generate_series(1, 3) n),
            began as (insert into session_tape_starts (session_id, code_hash, parameters, seed, cash, warm_bars) values ($1, 'h', '{}', 1, 1000, '')),
            bars as (insert into session_tape_bars (session_id, first_seq, bars) select $1, n, decode(repeat('00', 56), 'hex') from generate_series(1, 5) n),
            ticks as (insert into session_tape_ticks (session_id, first_tick, after_seq, after_event, ticks) values ($1, 1, 1, 0, decode(repeat('00', 50), 'hex'))),
            told as (insert into session_tape_outcomes (session_id, event_kind, event_seq, payload, digest) values ($1, 1, 1, '[]', 1)),
            placed as (insert into session_tape_order (session_id, number, place, seq) values ($1, 1, 1, 1)),
            canceled as (insert into session_cancels (session_id, event_kind, event_seq) values ($1, 1, 1))
            insert into session_tape (session_id, event_id, after_seq, payload) values ($1, 1, 1, '{}')
            """, id);
        return id;
    }

    public Task<long> LogsAsync(Guid session) => CountAsync("session_logs", session);

    /// <summary>Rows of a session's tape, over all of its tables.</summary>
    public async Task<long> TapeAsync(Guid session)
    {
        var rows = 0L;
        foreach (var table in SessionRemains.Tape.Tables)
        {
            rows += await CountAsync(table, session);
        }

        return rows;
    }

    /// <summary>Numbers of the events that are kept of a user.</summary>
    public Task<string?> EventsAsync(Guid user) =>
        database.ValueAsync<string>("select string_agg(id::text, ' ' order by id) from user_events where user_id = $1", user);

    /// <summary>Number of the last event of a user that is gone for readers.</summary>
    public Task<long> FloorAsync(Guid user) => database.ValueAsync<long>("select gone_through from user_event_floors where user_id = $1", user);

    private Task<long> CountAsync(string table, Guid session) =>
        database.ValueAsync<long>($"select count(*) from {table} where session_id = $1", session);
}
