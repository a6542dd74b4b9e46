using Npgsql;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Retention;

/// <summary>Deletes old rows, some in one transaction. Each statement finds its rows by an index and can be repeated.</summary>
internal sealed class RetentionStore(NpgsqlDataSource database)
{
    // It waits neither for a row that somebody holds nor for the disk: a commit that is lost is made again. And it takes the first rows that an index
    // has: to sort out all of them for some looks cheaper to the planner, once, and is done anew for every batch.
    private const string Gently = """
        select set_config('lock_timeout', '1s', true), set_config('synchronous_commit', 'off', true),
               set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)
        """;

    /// <summary>Sessions that ended before a moment and have not been cleared, in the order of their ends.</summary>
    /// <param name="behind">Those behind this one; null for the first.</param>
    public Task<List<EndedSession>> ListEndedAsync(
        SessionRemains remains, DateTimeOffset before, EndedSession? behind, int limit, CancellationToken cancellationToken) =>
        database.Command($"""
            select id, ended_at
            from sessions
            where ended_at is not null and not {remains.Name}_cleared and ended_at < $1
              and ($2::timestamptz is null or (ended_at, id) > ($2, $3))
            order by ended_at, id
            limit $4
            """, before, behind?.EndedAt, behind?.Id, limit)
            .ListAsync(rows => new EndedSession(rows.GetGuid(0), rows.At(1)), cancellationToken);

    /// <summary>Nobody is shown it from now on. Sessions that are being replayed are left for another time.</summary>
    /// <returns>Those of which it may be deleted.</returns>
    public async Task<Guid[]> MarkGoneAsync(
        SessionRemains remains, IReadOnlyList<EndedSession> sessions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Gently);
        batch.Add($"""
            update sessions s
            set {remains.Name}_gone_at = coalesce(s.{remains.Name}_gone_at, $2)
            where s.id = any ($1) and s.ended_at is not null
              and not exists (select from worker_jobs j where j.subject_id = s.id and j.kind = $3 and j.ended_at is null)
            returning s.id
            """, Ids(sessions), now, ReplayJob.Kind);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        var marked = new List<Guid>();
        while (await rows.ReadAsync(cancellationToken))
        {
            marked.Add(rows.GetGuid(0));
        }

        return [.. marked];
    }

    /// <summary>Deletes rows of sessions in one of their tables.</summary>
    public Task<int> DeleteOfSessionsAsync(string table, Guid[] sessions, int limit, CancellationToken cancellationToken) => DeleteAsync(
        $"delete from {table} where ctid = any (array(select ctid from {table} where session_id = any ($1) limit $2))",
        cancellationToken, sessions, limit);

    /// <summary>Deletes what <see cref="DeleteEventsAsync"/> left for sessions that were open then.</summary>
    public Task<int> DeleteUntoldAsync(Guid[] sessions, int limit, CancellationToken cancellationToken) => DeleteAsync("""
        delete from user_events
        where ctid = any (array(
            select e.ctid
            from sessions s
            join user_event_floors f on f.user_id = s.user_id
            join user_events e on e.session_id = s.id and e.id <= f.gone_through
            where s.id = any ($1)
            limit $2))
        """, cancellationToken, sessions, limit);

    /// <summary>Nothing of it is left.</summary>
    public Task MarkClearedAsync(SessionRemains remains, Guid[] sessions, CancellationToken cancellationToken) => DeleteAsync(
        $"update sessions set {remains.Name}_cleared = true where id = any ($1) and {remains.Name}_gone_at is not null", cancellationToken, sessions);

    /// <summary>Deletes the oldest decisions.</summary>
    public Task<int> DeleteDecisionsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => DeleteAsync("""
        delete from routing_decisions
        where id = any (array(
            select id from (select id, at from routing_decisions order by id limit $2) as oldest where at < $1))
        """, cancellationToken, before, limit);

    /// <summary>Deletes broker orders that are over.</summary>
    public Task<int> DeleteBrokerOrdersAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => DeleteAsync("""
        delete from broker_orders
        where id = any (array(
            select id
            from broker_orders
            where status in ('filled', 'canceled', 'expired', 'rejected') and created_at < $1 and updated_at < $1
            order by created_at
            limit $2
            for update skip locked))
        """, cancellationToken, before, limit);

    /// <summary>Deletes jobs that have ended.</summary>
    /// <param name="table"><c>worker_jobs</c> or <c>market_data_jobs</c>.</param>
    public Task<int> DeleteJobsAsync(string table, DateTimeOffset before, int limit, CancellationToken cancellationToken) => DeleteAsync($"""
        delete from {table}
        where id = any (array(
            select id from {table} where ended_at < $1 order by ended_at limit $2 for update skip locked))
        """, cancellationToken, before, limit);

    /// <summary>Users whose oldest event is from before a moment and is not their newest, by id.</summary>
    /// <param name="behind">Those behind this one; null for the first.</param>
    public Task<List<Guid>> ListUsersWithOldEventsAsync(DateTimeOffset before, Guid? behind, int limit, CancellationToken cancellationToken) =>
        database.Command("""
            select a.user_id
            from accounts a
            left join user_event_floors f on f.user_id = a.user_id
            join lateral (
                select e.id, e.occurred_at
                from user_events e
                where e.user_id = a.user_id and e.id > coalesce(f.gone_through, 0)
                order by e.id
                limit 1) as oldest on oldest.occurred_at < $1 and oldest.id < a.last_event_id
            where $2::uuid is null or a.user_id > $2
            order by a.user_id
            limit $3
            """, before, behind, limit).ListAsync(rows => rows.GetGuid(0), cancellationToken);

    /// <summary>Deletes the oldest events of a user, but for the newest, so that whoever looks for the end of the numbers finds it, and for those that an
    /// open session has still to be told: a worker that takes it over finds them here alone until they are on its tape.</summary>
    /// <returns>How many were looked at and are gone for readers, and how many of them were deleted.</returns>
    public async Task<(int Passed, int Deleted)> DeleteEventsAsync(Guid userId, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Gently);
        batch.Add("""
            with page as materialized (
                select e.id, e.session_id, e.kind, e.occurred_at
                from user_events e
                where e.user_id = $1
                  and e.id > coalesce((select gone_through from user_event_floors where user_id = $1), 0)
                  and e.id < (select last_event_id from accounts where user_id = $1)
                order by e.id
                limit $3),
            old as materialized (
                select * from page where id < coalesce((select min(id) from page where occurred_at >= $2), 9223372036854775807)),
            deleted as (
                delete from user_events
                where user_id = $1 and id = any (array(
                    select o.id
                    from old o
                    where o.session_id is null
                       or o.kind not in ('order', 'fill')
                       or not exists (select from sessions s where s.id = o.session_id and s.ended_at is null)
                       or exists (select from session_tape t where t.session_id = o.session_id and t.event_id = o.id)))
                returning 1),
            passed as (
                insert into user_event_floors (user_id, gone_through)
                select $1, max(id) from old having count(*) > 0
                on conflict (user_id) do update set gone_through = greatest(user_event_floors.gone_through, excluded.gone_through))
            select (select count(*)::int from old), (select count(*)::int from deleted)
            """, userId, before, limit);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return (rows.GetInt32(0), rows.GetInt32(1));
    }

    private static Guid[] Ids(IEnumerable<EndedSession> sessions) => [.. sessions.Select(session => session.Id)];

    private async Task<int> DeleteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Gently);
        batch.Add(sql, values);
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
