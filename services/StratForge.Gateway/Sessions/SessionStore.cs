using System.Buffers.Binary;
using System.Text.Json;
using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Sessions;

/// <summary>Sessions as their owners see and steer them. Running them is the worker's part of the same table.</summary>
internal sealed class SessionStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Sessions of one user that may be open at once: each is a process somewhere.</summary>
    public const int MostOpen = 20;

    private const string Select = """
        select s.id, s.symbol, s.asset_class, s.strategy_id, t.name, s.strategy_version, v.language, s.mode, s.status,
               s.failure_code, s.failure_detail, s.parameters::text, s.created_at, s.started_at, s.ended_at, s.processed_seq,
               coalesce(held.realised, 0), coalesce(held.quantity, 0), coalesce(held.average_price, 0), s.run_hash
        from sessions as s
        join strategies as t on t.id = s.strategy_id
        join strategy_versions as v on v.strategy_id = s.strategy_id and v.version = s.strategy_version
        left join lateral (
            select sum(realised_pnl) as realised,
                   sum(quantity) filter (where symbol = s.symbol) as quantity,
                   max(average_price) filter (where symbol = s.symbol) as average_price
            from positions
            where user_id = s.user_id and session_id = s.id) as held on true
        """;

    /// <summary>Stores a session that waits for a worker.</summary>
    /// <param name="isListed">Whether a symbol can be traded at all.</param>
    public async Task<StartOutcome> StartAsync(
        Guid userId, NewSession request, Func<string, bool> isListed, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // The account's row makes starts of one user wait for each other, so that the count below holds, and pins the place in
        // the user's events at which the session begins.
        await using var account = connection.Command(
            "select last_event_id from accounts where user_id = $1 for update", userId);
        var firstEventId = (long)(await account.ExecuteScalarAsync(cancellationToken))!;

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

        if (!strategy.Enabled)
        {
            return new StartOutcome.StrategyDisabled();
        }

        var symbol = request.Symbol ?? strategy.Symbol;
        if (!isListed(symbol))
        {
            return new StartOutcome.UnknownSymbol(symbol);
        }

        var now = clock.Now();
        var id = Guid.CreateVersion7(now);
        var assetClass = Symbols.ClassOf(symbol);
        await using var insert = connection.Command("""
            insert into sessions
                (id, user_id, strategy_id, strategy_version, symbol, asset_class, mode, status, parameters, seed, created_at,
                 first_event_id)
            select $1, $2, $3, $4, $5, $6, $7, 'STARTING', parameters || $8::jsonb, $9, $10, $11
            from strategies
            where id = $3
            """,
            id, userId, request.StrategyId, strategy.Version, symbol, assetClass == AssetClass.Crypto ? "crypto" : "stock",
            request.Mode ?? "PAPER",
            request.Parameters is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : "{}",
            SeedOf(id), now, firstEventId);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        var session = await FindAsync(connection, userId, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new StartOutcome.Started(session!, new SubscriptionUpdate(
            SubscriptionUpdate.Subscribe, symbol, assetClass, request.StrategyId, id));
    }

    /// <summary>Marks sessions to stop; one that no worker has claimed yet is over at once.</summary>
    /// <returns>What was marked now; sessions that stop already or have ended are not among them.</returns>
    public async Task<IReadOnlyList<SubscriptionUpdate>> StopAsync(
        Guid userId, Guid? sessionId, Guid? strategyId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update sessions
            set status = case when lease_owner is null and status = 'STARTING' then 'STOPPED' else 'STOPPING' end,
                ended_at = case when lease_owner is null and status = 'STARTING' then $4::timestamptz end,
                final_pnl = case when lease_owner is null and status = 'STARTING' then 0 end,
                -- Whoever stops it needs a moment from which to wait for its worker.
                lease_expires_at = coalesce(lease_expires_at, $4)
            where user_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or strategy_id = $3)
              and status in ('STARTING', 'RUNNING', 'PAUSED')
            returning symbol, asset_class, strategy_id, id
            """, userId, sessionId, strategyId, clock.Now());
        return await command.ListAsync(
            rows => new SubscriptionUpdate(
                SubscriptionUpdate.Unsubscribe, rows.GetString(0), ParseClass(rows.GetString(1)), rows.GetGuid(2), rows.GetGuid(3)),
            cancellationToken);
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
              and ($4::timestamptz is null or (s.created_at, s.id) < ($4, $5))
            order by s.created_at desc, s.id desc
            limit $6
            """, userId, filter.Status, filter.StrategyId, page.Cursor?.At, page.Cursor?.Id, page.Take + 1);
        var rows = await command.ListAsync(Read, cancellationToken);
        return page.Of(rows, session => new Cursor(session.CreatedAt, session.Id));
    }

    /// <summary>The session's log, newest first.</summary>
    public async Task<Page<LogLine>> ListLogsAsync(
        Guid id, NumberedPageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select id, at, level, message
            from session_logs
            where session_id = $1 and ($2::bigint is null or id < $2)
            order by id desc
            limit $3
            """, id, page.Cursor?.Number, page.Take + 1);
        var rows = await command.ListAsync(
            row => new LogLine(row.GetInt64(0), row.At(1), row.GetString(2), row.GetString(3)), cancellationToken);
        return page.Of(rows, line => line.Id);
    }

    /// <summary>Ends sessions that were told to stop and whose worker is gone since before <paramref name="before"/>.</summary>
    /// <remarks>The epoch rises, so that a worker that was merely slow is refused from now on.</remarks>
    public async Task<int> EndAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update sessions as s
            set status = 'STOPPED', ended_at = $2, lease_owner = null, lease_expires_at = null, lease_epoch = lease_epoch + 1,
                final_pnl = (select coalesce(sum(realised_pnl), 0) from trades where trades.session_id = s.id)
            where s.ended_at is null and s.status = 'STOPPING' and (s.lease_expires_at is null or s.lease_expires_at < $1)
              and (s.lease_owner is null or s.lease_owner not in (select id from live_workers))
            """, before, clock.Now());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Session?> FindAsync(
        NpgsqlConnection connection, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = connection.Command($"{Select} where s.id = $1 and s.user_id = $2", id, userId);
        return await command.FirstAsync(Read, cancellationToken);
    }

    private static Session Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0),
        rows.GetString(1),
        ParseClass(rows.GetString(2)),
        rows.GetGuid(3),
        rows.GetString(4),
        rows.GetInt32(5),
        Strategy.ParseLanguage(rows.GetString(6)),
        Enum.Parse<SessionMode>(rows.GetString(7), ignoreCase: true),
        Enum.Parse<SessionStatus>(rows.GetString(8), ignoreCase: true),
        rows.Text(9),
        rows.Text(10),
        JsonElement.Parse(rows.GetString(11)),
        rows.At(12),
        rows.Maybe<DateTimeOffset>(13),
        rows.Maybe<DateTimeOffset>(14),
        rows.Maybe<long>(15),
        rows.GetDecimal(16),
        new PositionView(rows.GetDecimal(17), rows.GetDecimal(18)),
        rows.Text(19));

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

/// <summary>Which sessions to list.</summary>
internal sealed record SessionFilter(string? Status = null, Guid? StrategyId = null) : IValidated
{
    private static readonly string[] Known = [.. Enum.GetNames<SessionStatus>().Select(name => name.ToUpperInvariant())];

    public void Validate(FieldErrors errors)
    {
        if (Status is not null && !Known.Contains(Status, StringComparer.Ordinal))
        {
            errors.Add("status", $"may be {string.Join(", ", Known)}.");
        }
    }
}
