using System.Text.Json;
using Npgsql;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

/// <summary>Claims and states of sessions. Every write names the epoch of its claim and changes nothing once a later claim exists.</summary>
/// <remarks>Leases are measured by the database's clock: the one clock that all workers share.</remarks>
/// <param name="database">The platform's database.</param>
internal sealed class SessionStore(NpgsqlDataSource database)
{
    /// <summary>Takes sessions nobody runs.</summary>
    /// <param name="owner">This worker.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="lease">For how long the claim holds unrenewed.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<ClaimedSession>> ClaimAsync(
        string owner, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with free as (
                select id
                from sessions
                where ended_at is null and mode <> 'BACKTEST' and status in ('STARTING', 'RUNNING', 'PAUSED', 'STOPPING') and let_go_at is null
                  and (lease_expires_at is null or lease_expires_at < now())
                order by created_at
                limit $2
                for update skip locked)
            update sessions s
            set lease_owner = $1, lease_expires_at = now() + $3, lease_epoch = s.lease_epoch + 1
            from free, strategy_versions v
            where s.id = free.id and v.strategy_id = s.strategy_id and v.version = s.strategy_version
            returning s.id, s.user_id, s.strategy_id, s.symbol, s.mode, s.status, s.parameters::text, s.seed, s.lease_epoch,
                      v.language, v.code
            """);
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = lease });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<ClaimedSession>();
        while (await rows.ReadAsync(cancellationToken))
        {
            claimed.Add(new ClaimedSession(
                Id: rows.GetGuid(0),
                UserId: rows.GetGuid(1),
                StrategyId: rows.GetGuid(2),
                Symbol: rows.GetString(3),
                AssetClass: Symbols.ClassOf(rows.GetString(3)),
                Mode: rows.GetString(4) == "OBSERVE" ? SessionMode.Observe : SessionMode.Paper,
                IsStopping: rows.GetString(5) == "STOPPING",
                Parameters: ParametersOf(rows.GetString(6)),
                Seed: rows.GetInt64(7),
                Epoch: rows.GetInt64(8),
                Kind: rows.GetString(9) == "python" ? HostKind.Python : HostKind.CSharp,
                Code: rows.GetString(10)));
        }

        return claimed;
    }

    /// <summary>Renews claims.</summary>
    /// <returns>Those that still hold, and whether the owner asked them to stop. What is missing belongs to another worker.</returns>
    public async Task<IReadOnlyDictionary<Guid, bool>> RenewAsync(
        string owner, IReadOnlyCollection<ClaimedSession> sessions, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with mine as (
                select s.id
                from unnest($1::uuid[], $2::bigint[]) as claim (id, epoch)
                join sessions s on s.id = claim.id and s.lease_epoch = claim.epoch
                where s.lease_owner = $3 and s.ended_at is null
                order by s.id
                for update of s)
            update sessions s
            set lease_expires_at = now() + $4
            from mine
            where s.id = mine.id
            returning s.id, s.status = 'STOPPING'
            """);
        command.Parameters.Add(new() { Value = sessions.Select(session => session.Id).ToArray() });
        command.Parameters.Add(new() { Value = sessions.Select(session => session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = lease });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var held = new Dictionary<Guid, bool>();
        while (await rows.ReadAsync(cancellationToken))
        {
            held.Add(rows.GetGuid(0), rows.GetBoolean(1));
        }

        return held;
    }

    /// <summary>Whether a symbol has any bar yet.</summary>
    public async Task<bool> HasBarsAsync(string symbol, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select exists (select 1 from market_data where symbol = $1 and timeframe = '1m')");
        command.Parameters.Add(new() { Value = symbol });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether the session ran before: where it begins is then fixed.</summary>
    public async Task<bool> HasBegunAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select first_seq is not null from sessions where id = $1");
        command.Parameters.Add(new() { Value = sessionId });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Fixes where the session begins, if nobody did before, and reads how far it has come.</summary>
    /// <returns>Null when the claim no longer holds.</returns>
    public async Task<SessionStart?> OpenAsync(ClaimedSession session, CancellationToken cancellationToken)
    {
        await using (var begin = database.CreateCommand("""
            update sessions s
            set first_seq = coalesce((select max(m.seq) from market_data m where m.symbol = s.symbol and m.timeframe = '1m'), 0),
                state_metadata = s.state_metadata || jsonb_build_object('start', jsonb_build_object(
                    'cash', coalesce((select a.balance from ledger_accounts a
                                      where a.owner_id = s.user_id and a.kind = 'cash' and a.asset = 'USD'), 0)::text,
                    'through', (select max(m.time) from market_data m where m.symbol = s.symbol and m.timeframe = '1m')))
            where s.id = $1 and s.lease_epoch = $2 and s.first_seq is null
            """))
        {
            begin.Parameters.Add(new() { Value = session.Id });
            begin.Parameters.Add(new() { Value = session.Epoch });
            await begin.ExecuteNonQueryAsync(cancellationToken);
        }

        var tape = await ReadTapeAsync(session.Id, cancellationToken);
        await using var command = database.CreateCommand("""
            select s.first_seq,
                   (s.state_metadata -> 'start' ->> 'cash')::numeric,
                   (s.state_metadata -> 'start' ->> 'through')::timestamptz,
                   (s.state_metadata -> 'start' ->> 'warmBars')::integer,
                   coalesce(s.processed_seq, s.first_seq),
                   greatest(s.first_seq, coalesce(
                       (select max(m.seq) from market_data m where m.symbol = s.symbol and m.timeframe = '1m'), 0)),
                   s.first_event_id
            from sessions s
            where s.id = $1 and s.lease_epoch = $2
            """);
        command.Parameters.Add(new() { Value = session.Id });
        command.Parameters.Add(new() { Value = session.Epoch });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        if (!await rows.ReadAsync(cancellationToken))
        {
            return null;
        }

        return new SessionStart(
            FirstSeq: rows.GetInt64(0),
            Cash: rows.GetDecimal(1),
            HistoryThrough: rows.IsDBNull(2) ? null : rows.GetFieldValue<DateTimeOffset>(2),
            WarmBars: rows.IsDBNull(3) ? null : rows.GetInt32(3),
            ProcessedSeq: rows.GetInt64(4),
            RecoverySeq: rows.GetInt64(5),
            Tape: tape,
            LastEventId: Math.Max(rows.GetInt64(6), tape.Count == 0 ? 0 : tape.Max(entry => entry.EventId)));
    }

    /// <summary>The host is loaded and its indicators are warm: the session runs.</summary>
    /// <returns>Whether the claim still holds.</returns>
    public async Task<bool> MarkRunningAsync(
        ClaimedSession session, int warmBars, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update sessions
            set status = case status when 'STARTING' then 'RUNNING' else status end,
                started_at = coalesce(started_at, $3),
                state_metadata = jsonb_set(state_metadata, '{start,warmBars}', to_jsonb($4::integer))
            where id = $1 and lease_epoch = $2 and ended_at is null
            """);
        command.Parameters.Add(new() { Value = session.Id });
        command.Parameters.Add(new() { Value = session.Epoch });
        command.Parameters.Add(new() { Value = at });
        command.Parameters.Add(new() { Value = warmBars });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>The session is over here: failed for a reason, or let go of. It is stopped when its stop policy has nothing left to do;
    /// otherwise the gateway does that and then calls it stopped.</summary>
    public async Task EndAsync(
        ClaimedSession session, HostFailure? failure, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(failure is null
            ? new NpgsqlBatchCommand("""
                update sessions
                set status = 'STOPPING', let_go_at = $3, lease_owner = null, lease_expires_at = null
                where id = $1 and lease_epoch = $2 and ended_at is null
                """)
            {
                Parameters = { new() { Value = session.Id }, new() { Value = session.Epoch }, new() { Value = at } },
            }
            : new NpgsqlBatchCommand("""
                update sessions
                set status = 'FAILED', failure_code = $4, failure_detail = $5, ended_at = $3,
                    final_pnl = (select coalesce(sum(realised_pnl), 0) from trades where session_id = $1),
                    lease_owner = null, lease_expires_at = null
                where id = $1 and lease_epoch = $2 and ended_at is null
                """)
            {
                Parameters =
                {
                    new() { Value = session.Id }, new() { Value = session.Epoch }, new() { Value = at }, new() { Value = failure.Code },
                    new() { Value = failure.Detail },
                },
            });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select end_session($1, $2)")
        {
            Parameters = { new() { Value = session.Id }, new() { Value = at } },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Lets go of sessions so that another worker can take them at once.</summary>
    public async Task ReleaseAsync(
        string owner, IReadOnlyCollection<ClaimedSession> sessions, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update sessions s
            set lease_owner = null, lease_expires_at = now()
            from unnest($1::uuid[], $2::bigint[]) as claim (id, epoch)
            where s.id = claim.id and s.lease_epoch = claim.epoch and s.lease_owner = $3 and s.ended_at is null
            """);
        command.Parameters.Add(new() { Value = sessions.Select(session => session.Id).ToArray() });
        command.Parameters.Add(new() { Value = sessions.Select(session => session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = owner });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<TapeEntry>> ReadTapeAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select event_id, after_seq, payload::text
            from session_tape
            where session_id = $1
            order by after_seq, event_id
            """);
        command.Parameters.Add(new() { Value = sessionId });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var tape = new List<TapeEntry>();
        while (await rows.ReadAsync(cancellationToken))
        {
            tape.Add(new TapeEntry(rows.GetInt64(0), rows.GetInt64(1), OrderOf(rows.GetString(2)), traceparent: null, isTaped: true));
        }

        return tape;
    }

    internal static OrderEvent OrderOf(string json) =>
        JsonSerializer.Deserialize(json, ContractsJson.Default.OrderEvent)
        ?? throw new InvalidDataException("An order event is stored as null.");

    private static IReadOnlyDictionary<string, JsonElement> ParametersOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            property => property.Name, property => property.Value.Clone(), StringComparer.Ordinal);
    }
}
