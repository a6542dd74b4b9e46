using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Alerts and their firings in the database.</summary>
internal sealed class AlertStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Alerts that one user may have.</summary>
    public const int MostAlerts = 100;

    private const string Columns = """
        id, name, kind, symbol, session_id, level, hysteresis, repeats, cool_down_seconds, enabled, muted, webhook_ids, side, firings, last_fired_at, created_at
        """;

    private const string Find = $"select {Columns} from alerts where id = $1 and user_id = $2";

    private const string FiringColumns =
        "id, alert_id, name, kind, message, symbol, session_id, level, value, is_test, is_muted, market_at, fired_at";

    private const string RuleColumns = """
        id, user_id, version, name, kind, symbol, session_id, level, hysteresis, repeats, cool_down_seconds, muted, webhook_ids, side, firings, last_fired_at
        """;

    /// <summary>Stores a new alert; one that is there already stays as it is.</summary>
    /// <returns>The alert; null when the user has as many as one may have.</returns>
    public Task<Alert?> AddAsync(
        Guid userId, Guid id, NewAlert alert, decimal? hysteresis, int coolDownSeconds, CancellationToken cancellationToken) =>
        database.InTurnAsync(
            userId,
            async connection =>
            {
                await using var add = connection.Command(
                    $"""
                    insert into alerts (id, user_id, name, kind, symbol, session_id, level, hysteresis, repeats, cool_down_seconds, enabled, muted, webhook_ids,
                                        armed_at, created_at)
                    select $1, $2, $3, $4, $5::text, $6::uuid, $7::numeric, $8::numeric, $9, $10, true, $11, $12, $13, $13
                    where (select count(*) from alerts where user_id = $2) < {MostAlerts}
                    on conflict (id) do nothing
                    returning {Columns}
                    """,
                    id, userId, alert.Name, alert.Kind, alert.Symbol, alert.SessionId, alert.Level, hysteresis, alert.Repeats ?? false,
                    coolDownSeconds, alert.Muted ?? false, (alert.WebhookIds ?? []).Distinct().ToArray(), clock.Now());
                if (await add.FirstAsync(Read, cancellationToken) is { } added)
                {
                    return added;
                }

                await using var before = connection.Command(Find, id, userId);
                return await before.FirstAsync(Read, cancellationToken);
            },
            cancellationToken);

    public async Task<Alert?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(Find, id, userId);
        return await command.FirstAsync(Read, cancellationToken);
    }

    public async Task<Page<Alert>> ListAsync(Guid userId, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"""
            select {Columns}
            from alerts
            where user_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3))
            order by created_at desc, id desc
            limit $4
            """, userId, page.Cursor?.At, page.Cursor?.Id ?? Guid.Empty, page.Take + 1);
        return page.Of(await command.ListAsync(Read, cancellationToken), alert => new Cursor(alert.CreatedAt, alert.Id));
    }

    /// <summary>Changes an alert; what is null stays.</summary>
    /// <returns>The alert as it is now; null when there is none.</returns>
    public async Task<Alert?> ChangeAsync(Guid userId, Guid id, AlertPatch patch, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"""
            update alerts
            set name = coalesce($3::text, name),
                level = coalesce($4::numeric, level),
                hysteresis = coalesce($5::numeric, hysteresis),
                repeats = coalesce($6::boolean, repeats),
                cool_down_seconds = coalesce($7::integer, cool_down_seconds),
                enabled = coalesce($8::boolean, enabled),
                muted = coalesce($9::boolean, muted),
                webhook_ids = coalesce($10::uuid[], webhook_ids),
                side = case when $11 or ($8::boolean and not enabled) then 0 else side end,
                armed_at = case when $11 or ($8::boolean and not enabled) then $12 else armed_at end,
                version = version + 1
            where id = $1 and user_id = $2
            returning {Columns}
            """,
            id, userId, patch.Name, patch.Level, patch.Hysteresis, patch.Repeats, patch.CoolDownSeconds, patch.Enabled, patch.Muted,
            patch.WebhookIds?.Distinct().ToArray(), patch.Level is not null || patch.Hysteresis is not null, clock.Now());
        return await command.FirstAsync(Read, cancellationToken);
    }

    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command("delete from alerts where id = $1 and user_id = $2", id, userId);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Firings of one alert, or of all of a user's, newest first.</summary>
    public async Task<Page<AlertFiring>> ListFiringsAsync(Guid userId, Guid? alertId, PageQuery page, CancellationToken cancellationToken)
    {
        // Two texts: one plan can't serve both indexes.
        var which = alertId is null ? "user_id = $1 and $2::uuid is null" : "user_id = $1 and alert_id = $2";
        await using var command = database.Command(
            $"""
            select {FiringColumns}
            from alert_firings
            where {which} and ($3::timestamptz is null or (fired_at, id) < ($3, $4))
            order by fired_at desc, id desc
            limit $5
            """, userId, alertId, page.Cursor?.At, page.Cursor?.Id ?? Guid.Empty, page.Take + 1);
        return page.Of(await command.ListAsync(ReadFiring, cancellationToken), firing => new Cursor(firing.FiredAt, firing.Id));
    }

    public async Task<AlertFiring?> FindFiringAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"select {FiringColumns} from alert_firings where id = $1 and user_id = $2", id, userId);
        return await command.FirstAsync(ReadFiring, cancellationToken);
    }

    /// <summary>Whether an alert was tested after an instant.</summary>
    public async Task<bool> WasTestedSinceAsync(Guid alertId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select exists (select from alert_firings where alert_id = $1 and fired_at > $2 and is_test)", alertId, since);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Whether a session is the user's.</summary>
    public async Task<bool> OwnsSessionAsync(Guid userId, Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select exists (select from sessions where id = $1 and user_id = $2)", sessionId, userId);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>How many of these webhooks are the user's.</summary>
    public async Task<long> CountWebhooksAsync(Guid userId, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select count(*) from alert_webhooks where user_id = $1 and id = any ($2)", userId, ids);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Every alert that is switched on, of everybody.</summary>
    public async Task<List<AlertRule>> ReadRulesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command($"select {RuleColumns} from alerts where enabled");
        return await command.ListAsync(ReadRule, cancellationToken);
    }

    /// <summary>One alert as whoever watches it needs it, switched on or not.</summary>
    public async Task<AlertRule?> FindRuleAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"select {RuleColumns} from alerts where id = $1 and user_id = $2", id, userId);
        return await command.FirstAsync(ReadRule, cancellationToken);
    }

    /// <summary>Notes where values stand that fired nothing.</summary>
    public async Task TurnAsync(IReadOnlyCollection<AlertTurn> turns, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            update alerts as a
            set side = i.side
            from unnest($1, $2, $3, $4) as i (id, version, firings, side)
            where a.id = i.id and a.version = i.version and a.firings = i.firings
            """,
            turns.Select(turn => turn.Alert.Rule.Id).ToArray(),
            turns.Select(turn => turn.Alert.Rule.Version).ToArray(),
            turns.Select(turn => turn.Alert.Rule.Firings).ToArray(),
            turns.Select(turn => turn.Side).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets the oldest firings and deliveries, some at a time.</summary>
    public async Task TidyAsync(DateTimeOffset firingsBefore, DateTimeOffset deliveriesBefore, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.Add("delete from alert_firings where id in (select id from alert_firings where fired_at < $1 limit 10000)", firingsBefore);
        batch.Add("delete from alert_deliveries where id in (select id from alert_deliveries where ended_at < $1 limit 10000)", deliveriesBefore);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Alert Read(NpgsqlDataReader rows)
    {
        var (kind, enabled, side) = (rows.GetString(2), rows.GetBoolean(9), rows.GetInt16(12));
        return new Alert(
            rows.GetGuid(0), rows.GetString(1), kind, rows.Text(3), rows.Maybe<Guid>(4), rows.Maybe<decimal>(5), rows.Maybe<decimal>(6), rows.GetBoolean(7),
            rows.GetInt32(8), enabled, rows.GetBoolean(10), rows.GetFieldValue<Guid[]>(11), StateOf(AlertKind.Find(kind)?.Direction, enabled, side),
            rows.GetInt32(13), rows.Maybe<DateTimeOffset>(14), rows.At(15));
    }

    private static string StateOf(Direction? direction, bool enabled, int side) => (direction, side) switch
    {
        _ when !enabled => "off",
        (null, _) => "waiting",
        (_, 0) => "unknown",
        (Direction.Above, 1) or (Direction.Below, -1) => "beyond",
        _ => "waiting",
    };

    private static AlertFiring ReadFiring(NpgsqlDataReader rows) => new(
        rows.GetGuid(0), rows.GetGuid(1), rows.GetString(2), rows.GetString(3), rows.GetString(4), rows.Text(5), rows.Maybe<Guid>(6),
        rows.Maybe<decimal>(7), rows.Maybe<decimal>(8), rows.GetBoolean(9), rows.GetBoolean(10), rows.Maybe<DateTimeOffset>(11), rows.At(12));

    private static AlertRule ReadRule(NpgsqlDataReader rows) => new(
        rows.GetGuid(0), rows.GetGuid(1), rows.GetInt32(2), rows.GetString(3), AlertKind.Find(rows.GetString(4))!, rows.Text(5), rows.Maybe<Guid>(6),
        rows.Maybe<decimal>(7), rows.Maybe<decimal>(8), rows.GetBoolean(9), TimeSpan.FromSeconds(rows.GetInt32(10)), rows.GetBoolean(11),
        rows.GetFieldValue<Guid[]>(12), rows.GetInt16(13), rows.GetInt32(14), rows.Maybe<DateTimeOffset>(15));
}
