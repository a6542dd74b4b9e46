using System.Buffers.Binary;
using System.Text.Json;
using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Risk;
using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Sessions;

/// <summary>Sessions as their owners see and steer them. Running them is the worker's part of the same table.</summary>
internal sealed class SessionStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Sessions of one user that may be open at once: each is a process somewhere.</summary>
    public const int MostOpen = 20;

    /// <summary>Sessions that wait for something, read at once.</summary>
    public const int AtOnce = 200;

    private const string Select = """
        select s.id, s.symbol, s.asset_class, s.strategy_id, t.name, s.strategy_version, v.language, s.mode, s.status,
               s.failure_code, s.failure_detail, s.parameters::text, s.created_at, s.started_at, s.ended_at, s.processed_seq,
               coalesce(held.realised, 0), coalesce(held.quantity, 0), coalesce(held.average_price, 0), v.code_hash, s.stop_policy,
               coalesce(w.mode, 'normal'), s.run_hash, s.logs_gone_at, s.tape_gone_at
        from sessions as s
        join strategies as t on t.id = s.strategy_id
        join strategy_versions as v on v.strategy_id = s.strategy_id and v.version = s.strategy_version
        left join trading_switches as w on w.scope = 'session' and w.scope_id = s.id
        left join lateral (
            select sum(realised_pnl) as realised,
                   sum(quantity) filter (where symbol = s.symbol) as quantity,
                   max(average_price) filter (where symbol = s.symbol) as average_price
            from positions
            where user_id = s.user_id and session_id = s.id) as held on true
        """;

    /// <summary>Stores a session that waits for a worker; one that is there already stays as it is.</summary>
    /// <param name="isListed">Whether a symbol can be traded at all.</param>
    public async Task<StartOutcome> StartAsync(
        Guid userId, Guid id, NewSession request, Func<string, bool> isListed, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // The account's row makes starts of one user wait for each other, so that the count below holds, and pins the place in
        // the user's events at which the session begins.
        await using var account = connection.Command(
            "select last_event_id from accounts where user_id = $1 for update", userId);
        var firstEventId = (long)(await account.ExecuteScalarAsync(cancellationToken))!;
        if (await FindAsync(connection, userId, id, cancellationToken) is { } before)
        {
            return Started(before);
        }

        await using var open = connection.Command(
            "select count(*)::int from sessions where user_id = $1 and ended_at is null", userId);
        if ((int)(await open.ExecuteScalarAsync(cancellationToken))! >= MostOpen)
        {
            return new StartOutcome.TooMany(MostOpen);
        }

        await using var find = connection.Command("""
            select version, symbol, enabled
            from strategies
            where id = $1 and user_id = $2 and deleted_at is null
            for share
            """, request.StrategyId, userId);
        var strategy = await find.FirstAsync(
            rows => new Pinned(rows.GetInt32(0), rows.GetString(1), rows.GetBoolean(2)), cancellationToken);
        if (strategy is null)
        {
            return new StartOutcome.UnknownStrategy();
        }

        // Old ones may be gone.
        await using var version = connection.Command(
            "select exists (select from strategy_versions where strategy_id = $1 and version = $2)", request.StrategyId, request.Version ?? strategy.Version);
        if (!(bool)(await version.ExecuteScalarAsync(cancellationToken))!)
        {
            return new StartOutcome.UnknownVersion(strategy.Version);
        }

        if (!strategy.Enabled)
        {
            return new StartOutcome.StrategyDisabled();
        }

        var symbol = request.Symbol ?? strategy.Symbol;
        if (!isListed(symbol))
        {
            return new StartOutcome.UnknownSymbol(symbol);
        }

        var assetClass = Symbols.ClassOf(symbol);
        await using var insert = connection.Command("""
            insert into sessions
                (id, user_id, strategy_id, strategy_version, symbol, asset_class, mode, status, parameters, seed, created_at,
                 first_event_id, stop_policy)
            select $1, $2, $3, $4, $5, $6, $7, 'STARTING', parameters || $8::jsonb, $9, $10, $11, $12
            from strategies
            where id = $3
            """,
            id, userId, request.StrategyId, request.Version ?? strategy.Version, symbol, assetClass == AssetClass.Crypto ? "crypto" : "stock",
            request.Mode ?? "PAPER",
            request.Parameters is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : "{}",
            SeedOf(id), clock.Now(), firstEventId, StopPolicies.Spell(request.StopPolicy ?? StopPolicy.Cancel));
        await insert.ExecuteNonQueryAsync(cancellationToken);
        var session = await FindAsync(connection, userId, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Started(session!);
    }

    /// <summary>What a session's strategy left for its owner to look at.</summary>
    public async Task<SessionNotes?> FindNotesAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select (state_metadata -> 'plots')::text, (state_metadata -> 'state' -> 'value')::text
            from sessions
            where id = $1 and user_id = $2
            """, id, userId);
        return await command.FirstAsync(
            rows => SessionNotes.Of(rows.Text(0), rows.Text(1) is { } state ? JsonElement.Parse(state) : null), cancellationToken);
    }

    /// <summary>Where a session stands.</summary>
    public async Task<SessionStanding?> FindStandingAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select s.id, s.strategy_id, s.symbol, s.asset_class, s.status, s.stop_policy, coalesce(w.mode, 'normal')
            from sessions as s
            left join trading_switches as w on w.scope = 'session' and w.scope_id = s.id
            where s.id = $1 and s.user_id = $2
            """, id, userId);
        return await command.FirstAsync(
            rows => new SessionStanding(
                rows.GetGuid(0), rows.GetGuid(1), rows.GetString(2), ParseClass(rows.GetString(3)), ParseStatus(rows.GetString(4)),
                ParsePolicy(rows.GetString(5)), rows.GetString(6)),
            cancellationToken);
    }

    /// <summary>Sessions of a strategy that have not ended and do not stop yet.</summary>
    public Task<List<Guid>> ListOpenAsync(Guid userId, Guid strategyId, CancellationToken cancellationToken) =>
        database.Command("""
            select id
            from sessions
            where user_id = $1 and strategy_id = $2 and ended_at is null and status <> 'STOPPING'
            order by created_at, id
            """, userId, strategyId).ListAsync(rows => rows.GetGuid(0), cancellationToken);

    /// <summary>Sessions whose owner was not told yet where they stand.</summary>
    public Task<List<(Guid UserId, SessionEvent News)>> ListUntoldAsync(CancellationToken cancellationToken) =>
        database.Command("""
            select s.user_id, s.id, s.strategy_id, s.symbol, s.status, coalesce(w.mode, 'normal'), s.failure_code, s.failure_detail
            from sessions as s
            left join trading_switches as w on w.scope = 'session' and w.scope_id = s.id
            where s.told_status is distinct from s.status
            limit $1
            """, AtOnce).ListAsync(
            rows => (rows.GetGuid(0), new SessionEvent(
                rows.GetGuid(1), rows.GetGuid(2), rows.GetString(3), ParseStatus(rows.GetString(4)), rows.GetString(5), rows.Text(6), rows.Text(7))),
            cancellationToken);

    /// <summary>Sessions that end or failed and whose stop policy may have something left to do, by id.</summary>
    /// <param name="behind">Those behind this one; null for the first.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public Task<List<EndingSession>> ListEndingAsync(Guid? behind, CancellationToken cancellationToken) =>
        database.Command("""
            select id, user_id, stop_policy, session_is_clear(user_id, id, stop_policy)
            from sessions
            where wound_up_at is null and status in ('STOPPING', 'FAILED') and (status = 'STOPPING' or stop_policy <> 'leave')
              and ($1::uuid is null or id > $1)
            order by id
            limit $2
            """, behind, AtOnce).ListAsync(
            rows => new EndingSession(rows.GetGuid(0), rows.GetGuid(1), ParsePolicy(rows.GetString(2)), rows.GetBoolean(3)), cancellationToken);

    /// <summary>Nothing is left to do for it: it is stopped, if its worker has let go; of one that failed this is noted.</summary>
    /// <returns>Whether that was so.</returns>
    public async Task<bool> FinishAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            with noted as (
                update sessions set wound_up_at = $2
                where id = $1 and status = 'FAILED' and session_is_clear(user_id, id, stop_policy)
                returning id)
            select exists (select from noted) or end_session($1, $2)
            """, id, clock.Now());
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<Session?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, userId, id, cancellationToken);
    }

    public async Task<Page<Session>> ListAsync(
        Guid userId, SessionFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            {Select}
            where s.user_id = $1
              and ($2::text is null or s.status = $2)
              and ($3::uuid is null or s.strategy_id = $3)
              and ($4::text is null or s.mode = $4)
              and ($5::text is null or s.symbol = $5)
              and ($6::boolean is null or (s.ended_at is null) = $6)
              and ($7::timestamptz is null or (s.created_at, s.id) < ($7, $8))
            order by s.created_at desc, s.id desc
            limit $9
            """,
            userId, filter.Status, filter.StrategyId, filter.Mode, filter.Symbol, filter.Open, page.Cursor?.At, page.Cursor?.Id, page.Take + 1);
        var rows = await command.ListAsync(Read, cancellationToken);
        return page.Of(rows, session => new Cursor(session.CreatedAt, session.Id));
    }

    /// <summary>Takes sessions that were told to stop from workers that are gone since before <paramref name="before"/>; those for which nothing is
    /// left to do end with it.</summary>
    /// <remarks>The epoch rises, so that a worker that was merely slow is refused from now on.</remarks>
    public async Task<int> EndAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var letGo = connection.Command("""
            update sessions
            set let_go_at = $2, lease_owner = null, lease_expires_at = null, lease_epoch = lease_epoch + 1
            where ended_at is null and status = 'STOPPING' and let_go_at is null and (lease_expires_at is null or lease_expires_at < $1)
              and (lease_owner is null or lease_owner not in (select id from live_workers))
            returning id
            """, before, clock.Now());
        var gone = await letGo.ListAsync(rows => rows.GetGuid(0), cancellationToken);
        foreach (var id in gone)
        {
            await using var end = connection.Command("select end_session($1, $2)", id, clock.Now());
            await end.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return gone.Count;
    }

    private static async Task<Session?> FindAsync(
        NpgsqlConnection connection, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = connection.Command($"{Select} where s.id = $1 and s.user_id = $2", id, userId);
        return await command.FirstAsync(Read, cancellationToken);
    }

    private static StartOutcome.Started Started(Session session) => new(
        session, new SubscriptionUpdate(SubscriptionUpdate.Subscribe, session.Symbol, session.Type, session.StrategyId, session.Id));

    private static Session Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0),
        rows.GetString(1),
        ParseClass(rows.GetString(2)),
        rows.GetGuid(3),
        rows.GetString(4),
        rows.GetInt32(5),
        Strategy.ParseLanguage(rows.GetString(6)),
        Enum.Parse<SessionMode>(rows.GetString(7), ignoreCase: true),
        ParseStatus(rows.GetString(8)),
        rows.Text(9),
        rows.Text(10),
        JsonElement.Parse(rows.GetString(11)),
        rows.At(12),
        rows.Maybe<DateTimeOffset>(13),
        rows.Maybe<DateTimeOffset>(14),
        rows.Maybe<long>(15),
        rows.GetDecimal(16),
        new PositionView(rows.GetDecimal(17), rows.GetDecimal(18)),
        rows.GetString(19),
        ParsePolicy(rows.GetString(20)),
        TradingModes.Parse(rows.GetString(21))!.Value,
        rows.Text(22),
        rows.Maybe<DateTimeOffset>(23),
        rows.Maybe<DateTimeOffset>(24));

    private static SessionStatus ParseStatus(string status) => Enum.Parse<SessionStatus>(status, ignoreCase: true);

    private static StopPolicy ParsePolicy(string policy) => StopPolicies.Parse(policy)!.Value;

    private static AssetClass ParseClass(string assetClass) =>
        assetClass == "crypto" ? AssetClass.Crypto : AssetClass.Stock;

    // The random half of the id: as good as drawn, and repeatable from the session alone.
    private static long SeedOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) & long.MaxValue;
    }

    private sealed record Pinned(int Version, string Symbol, bool Enabled);
}
