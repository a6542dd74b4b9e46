using System.Data;
using System.Text.Json;
using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Risk;

/// <summary>Limits, switches, and every change of them.</summary>
internal sealed class RiskStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string SelectLimits = """
        select user_id, keeper, max_order_notional, max_position_notional, max_open_orders, max_orders_per_minute, max_daily_loss,
               allowed_symbols, denied_symbols, allow_shorting, price_collar_percent, max_price_age, updated_at
        from risk_limits
        """;

    private const string SelectSwitches = """
        select user_id, case when scope = 'session' then scope_id end, keeper, mode, reason, set_at
        from trading_switches
        """;

    private const string SelectVersion = "select coalesce(max(id), 0) from risk_changes";

    // Changes are rare. One after the other, their numbers rise in the order in which they were committed, and "before" is true.
    private const string TakeTurn = "select pg_advisory_xact_lock(hashtextextended('risk-changes', 0))";

    /// <summary>Number of the newest change.</summary>
    public async Task<long> ReadVersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command(SelectVersion);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Everything, as of one moment.</summary>
    public async Task<RiskBook> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(SelectVersion);
        batch.Add(SelectLimits);
        batch.Add($"{SelectSwitches} where mode <> 'normal'");

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        var version = rows.GetInt64(0);
        await rows.NextResultAsync(cancellationToken);
        var limits = new Dictionary<LimitsKey, StoredLimits>();
        while (await rows.ReadAsync(cancellationToken))
        {
            limits.Add(new LimitsKey(rows.Maybe<Guid>(0), KeeperOf(rows.GetString(1))), ReadLimits(rows));
        }

        await rows.NextResultAsync(cancellationToken);
        var switches = new Dictionary<SwitchKey, StoredSwitch>();
        while (await rows.ReadAsync(cancellationToken))
        {
            switches.Add(SwitchKey.Of(rows.Maybe<Guid>(0), rows.Maybe<Guid>(1), KeeperOf(rows.GetString(2))), ReadSwitch(rows));
        }

        return new RiskBook(version, limits, switches);
    }

    /// <summary>Lays limits down.</summary>
    /// <returns>Number of the change; null when they stood there already.</returns>
    public async Task<long?> SetLimitsAsync(LimitsKey key, RiskLimits limits, Guid actorId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await TakeTurnAsync(connection, cancellationToken);
        await using var find = connection.Command(
            $"{SelectLimits} where user_id is not distinct from $1 and keeper = $2", key.UserId, Spell(key.Keeper));
        var before = await find.FirstAsync(ReadLimits, cancellationToken);
        if (before?.Limits == limits)
        {
            return null;
        }

        var now = clock.Now();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            """
            insert into risk_limits (user_id, keeper, max_order_notional, max_position_notional, max_open_orders, max_orders_per_minute,
                max_daily_loss, allowed_symbols, denied_symbols, allow_shorting, price_collar_percent, max_price_age, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            on conflict (user_id, keeper) do update set
                max_order_notional = excluded.max_order_notional, max_position_notional = excluded.max_position_notional,
                max_open_orders = excluded.max_open_orders, max_orders_per_minute = excluded.max_orders_per_minute,
                max_daily_loss = excluded.max_daily_loss, allowed_symbols = excluded.allowed_symbols,
                denied_symbols = excluded.denied_symbols, allow_shorting = excluded.allow_shorting,
                price_collar_percent = excluded.price_collar_percent, max_price_age = excluded.max_price_age,
                updated_at = excluded.updated_at
            """,
            key.UserId, Spell(key.Keeper), limits.MaxOrderNotional, limits.MaxPositionNotional, limits.MaxOpenOrders,
            limits.MaxOrdersPerMinute, limits.MaxDailyLoss, limits.AllowedSymbols, limits.DeniedSymbols, limits.AllowShorting,
            limits.PriceCollarPercent, limits.MaxPriceAge, now);
        AddChange(
            batch, now, actorId, "limits", key.UserId is null ? "global" : "user", key.UserId, key.Keeper,
            before is null ? null : Json(LimitSet.Of(before.Limits)), Json(LimitSet.Of(limits)));
        var change = await NumberOfAsync(batch, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return change;
    }

    /// <summary>Sets a switch.</summary>
    /// <returns>Number of the change; null when it stood so already.</returns>
    public async Task<long?> SetModeAsync(SwitchKey key, TradingMode mode, string? reason, Guid actorId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await TakeTurnAsync(connection, cancellationToken);
        var before = await FindSwitchAsync(connection, key, cancellationToken);
        if (await SetModeAsync(connection, key, before, new SwitchState(mode, reason), actorId, cancellationToken) is not { } change)
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return change;
    }

    /// <summary>Pauses a user by the house's switch, as part of the caller's transaction. One that pauses or closes already stays as it is.</summary>
    /// <returns>Number of the change, to be told of after the commit; null when there was none.</returns>
    public async Task<long?> PauseAsync(NpgsqlConnection connection, Guid userId, string reason, Guid actorId, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(connection, cancellationToken);
        var key = SwitchKey.ForUser(userId);
        var before = await FindSwitchAsync(connection, key, cancellationToken);
        return before is { Mode: TradingMode.Paused or TradingMode.Flatten }
            ? null
            : await SetModeAsync(connection, key, before, new SwitchState(TradingMode.Paused, reason), actorId, cancellationToken);
    }

    /// <summary>Sets the house's switch over a user back to what it was before <see cref="PauseAsync"/>, as part of the caller's transaction. One that
    /// somebody has set since, or that stood so before, stays as it is.</summary>
    /// <returns>Number of the change, to be told of after the commit; null when there was none.</returns>
    public async Task<long?> ResumeAsync(NpgsqlConnection connection, Guid userId, string reason, Guid actorId, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(connection, cancellationToken);
        var key = SwitchKey.ForUser(userId);
        if (await FindSwitchAsync(connection, key, cancellationToken) is not { Mode: TradingMode.Paused } paused || paused.Reason != reason)
        {
            return null;
        }

        await using var find = connection.Command(
            """
            select before::text from risk_changes
            where subject = 'trading_mode' and scope = $1 and scope_id = $2 and keeper = $3
            order by id desc
            limit 1
            """, key.Scope, key.ScopeId, Spell(key.Keeper));
        var before = await find.ExecuteScalarAsync(cancellationToken) is string json
            ? JsonSerializer.Deserialize<SwitchState>(json, ApiJson.Options)!
            : new SwitchState(TradingMode.Normal, null);
        return await SetModeAsync(connection, key, paused, before, actorId, cancellationToken);
    }

    private static async Task<StoredSwitch?> FindSwitchAsync(NpgsqlConnection connection, SwitchKey key, CancellationToken cancellationToken)
    {
        await using var find = connection.Command(
            $"{SelectSwitches} where scope = $1 and scope_id is not distinct from $2 and keeper = $3", key.Scope, key.ScopeId, Spell(key.Keeper));
        return await find.FirstAsync(ReadSwitch, cancellationToken);
    }

    private async Task<long?> SetModeAsync(
        NpgsqlConnection connection, SwitchKey key, StoredSwitch? before, SwitchState after, Guid actorId, CancellationToken cancellationToken)
    {
        if (before is { } same ? same.Mode == after.Mode && same.Reason == after.Reason : after.Mode == TradingMode.Normal)
        {
            return null;
        }

        var now = clock.Now();
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(
            """
            insert into trading_switches (scope, scope_id, user_id, keeper, mode, reason, set_by, set_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (scope, scope_id, keeper) do update set
                mode = excluded.mode, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at
            """,
            key.Scope, key.ScopeId, key.UserId, Spell(key.Keeper), TradingModes.Spell(after.Mode), after.Reason, actorId, now);
        AddChange(
            batch, now, actorId, "trading_mode", key.Scope, key.ScopeId, key.Keeper,
            before is null ? null : Json(new SwitchState(before.Mode, before.Reason)), Json(after));
        return await NumberOfAsync(batch, cancellationToken);
    }

    /// <summary>Every change, newest first.</summary>
    public async Task<Page<RiskChange>> ListChangesAsync(NumberedPageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select c.id, c.at, c.actor_id, u.username, c.subject, c.scope, c.scope_id, c.keeper, c.before::text, c.after::text
            from risk_changes as c
            join users as u on u.id = c.actor_id
            where $1::bigint is null or c.id < $1
            order by c.id desc
            limit $2
            """, page.Cursor?.Number, page.Take + 1);
        var changes = await command.ListAsync(
            rows => new RiskChange(
                rows.GetInt64(0), rows.At(1), rows.GetGuid(2), rows.GetString(3), rows.GetString(4), rows.GetString(5),
                rows.Maybe<Guid>(6), rows.GetString(7), rows.Text(8) is { } before ? JsonElement.Parse(before) : null,
                JsonElement.Parse(rows.GetString(9))),
            cancellationToken);
        return page.Of(changes, change => change.Id);
    }

    /// <summary>Equity of each account at the first sample of a stretch of the market's time, or where it began anew within it, from there on;
    /// accounts without a sample are missing.</summary>
    public async Task<IReadOnlyDictionary<Guid, decimal>> ReadOpeningsAsync(
        DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select a.user_id, opening.equity
            from accounts as a
            cross join lateral (
                select equity
                from equity_samples
                where user_id = a.user_id
                  and at >= greatest($1, (
                      select market_at from account_resets where user_id = a.user_id and market_at <= $2 order by at desc limit 1))
                  and at <= $2
                order by at
                limit 1) as opening
            """, from, until);
        var openings = await command.ListAsync(rows => (UserId: rows.GetGuid(0), Equity: rows.GetDecimal(1)), cancellationToken);
        return openings.ToDictionary(opening => opening.UserId, opening => opening.Equity);
    }

    /// <summary>Money and open positions of some accounts, as booked at one moment.</summary>
    public async Task<IReadOnlyDictionary<Guid, AccountWorth>> ReadWorthsAsync(Guid[] userIds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            """
            select owner_id, sum(balance)
            from ledger_accounts
            where owner_id = any ($1) and kind in ('cash', 'cash_reserved', 'margin') and asset = 'USD'
            group by owner_id
            """,
            [userIds]);
        batch.Add("select user_id, symbol, quantity, average_price from positions where user_id = any ($1) and quantity <> 0", [userIds]);

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var cash = new Dictionary<Guid, decimal>();
        while (await rows.ReadAsync(cancellationToken))
        {
            cash.Add(rows.GetGuid(0), rows.GetDecimal(1));
        }

        await rows.NextResultAsync(cancellationToken);
        var held = new List<(Guid UserId, HeldUnits Units)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            held.Add((rows.GetGuid(0), new HeldUnits(rows.GetString(1), rows.GetDecimal(2), rows.GetDecimal(3))));
        }

        var units = held.ToLookup(row => row.UserId, row => row.Units);
        return cash.ToDictionary(account => account.Key, account => new AccountWorth(account.Value, [.. units[account.Key]]));
    }

    /// <summary>Waits until nobody else changes limits and switches, until the transaction's end.</summary>
    public static async Task TakeTurnAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var turn = connection.Command(TakeTurn);
        await turn.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void AddChange(
        NpgsqlBatch batch, DateTimeOffset at, Guid actorId, string subject, string scope, Guid? scopeId, Keeper keeper, string? before, string after) =>
        batch.Add(
            """
            insert into risk_changes (at, actor_id, subject, scope, scope_id, keeper, before, after)
            values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb)
            returning id
            """,
            at, actorId, subject, scope, scopeId, Spell(keeper), before, after);

    // The statement before the change answers nothing; the change answers its number.
    private static async Task<long> NumberOfAsync(NpgsqlBatch batch, CancellationToken cancellationToken) =>
        (long)(await batch.ExecuteScalarAsync(cancellationToken))!;

    private static StoredLimits ReadLimits(NpgsqlDataReader rows) => new(
        new RiskLimits(
            rows.Maybe<decimal>(2),
            rows.Maybe<decimal>(3),
            rows.Maybe<int>(4),
            rows.Maybe<int>(5),
            rows.Maybe<decimal>(6),
            rows.IsDBNull(7) ? null : rows.GetFieldValue<string[]>(7),
            rows.IsDBNull(8) ? null : rows.GetFieldValue<string[]>(8),
            rows.GetBoolean(9),
            rows.Maybe<decimal>(10),
            rows.Maybe<TimeSpan>(11)),
        rows.At(12));

    private static StoredSwitch ReadSwitch(NpgsqlDataReader rows) =>
        new(TradingModes.Parse(rows.GetString(3))!.Value, rows.Text(4), rows.At(5));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);

    private static string Spell(Keeper keeper) => keeper == Keeper.House ? "house" : "user";

    private static Keeper KeeperOf(string text) => text == "house" ? Keeper.House : Keeper.User;
}
