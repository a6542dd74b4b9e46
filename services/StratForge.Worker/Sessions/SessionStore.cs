using Npgsql;
using NpgsqlTypes;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

/// <summary>Beginnings and ends of sessions. Every write names the epoch of its claim and changes nothing once a later claim exists.</summary>
/// <param name="database">The platform's database.</param>
/// <param name="tape">What sessions were told.</param>
internal sealed class SessionStore(NpgsqlDataSource database, TapeStore tape)
{
    /// <summary>Whether a symbol has any bar yet.</summary>
    public async Task<bool> HasBarsAsync(string symbol, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select exists (select 1 from market_data where symbol = $1 and timeframe = '1m')");
        command.Parameters.Add(new() { Value = symbol });
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

        var taped = await tape.ReadStartAsync(session.Id, cancellationToken);
        var (lastEvent, lastTick) = await tape.ReadEndAsync(session.Id, cancellationToken);
        await using var command = database.CreateCommand("""
            select s.first_seq,
                   (s.state_metadata -> 'start' ->> 'cash')::numeric,
                   (s.state_metadata -> 'start' ->> 'through')::timestamptz,
                   coalesce(s.processed_seq, s.first_seq),
                   case when s.processed_seq is null then null else s.processed_event_id end,
                   s.run_hash,
                   greatest(s.first_seq, coalesce(
                       (select max(m.seq) from market_data m where m.symbol = s.symbol and m.timeframe = '1m'), 0)),
                   s.first_event_id,
                   case when s.processed_seq is null then 0 else s.processed_tick end
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
            WarmBars: taped?.WarmBars,
            WarmPlaces: taped?.WarmPlaces,
            ProcessedSeq: rows.GetInt64(3),
            ProcessedEventId: rows.IsDBNull(4) ? null : rows.GetInt64(4),
            ProcessedTick: rows.GetInt64(8),
            RunHash: rows.IsDBNull(5) ? null : rows.GetString(5),
            RecoverySeq: rows.GetInt64(6),
            Tape: new PlacedTape(tape, session.Id, lastEvent, lastTick),
            Outcomes: new OutcomeTape(tape, session.Id),
            LastEventId: Math.Max(rows.GetInt64(7), lastEvent),
            LastTick: lastTick);
    }

    /// <summary>The host is loaded and its indicators are warm: the session runs.</summary>
    /// <param name="session">The claim.</param>
    /// <param name="warmBars">History they were fed, as it is taped; kept from the first time on.</param>
    /// <param name="warmPlaces">Place of each one's symbol; null where all are of the session's own.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether the claim still holds.</returns>
    public async Task<bool> MarkRunningAsync(
        ClaimedSession session, byte[] warmBars, byte[]? warmPlaces, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with mine as (
                update sessions
                set status = case status when 'STARTING' then 'RUNNING' else status end,
                    started_at = coalesce(started_at, $3)
                where id = $1 and lease_epoch = $2 and ended_at is null
                returning id, strategy_id, strategy_version, parameters, seed, state_metadata),
            taped as (
                insert into session_tape_starts (session_id, code_hash, parameters, seed, cash, warm_bars, warm_places)
                select m.id, v.code_hash, m.parameters, m.seed, (m.state_metadata -> 'start' ->> 'cash')::numeric, $4, $5
                from mine m
                join strategy_versions v on v.strategy_id = m.strategy_id and v.version = m.strategy_version
                on conflict do nothing)
            select count(*) from mine
            """);
        command.Parameters.Add(new() { Value = session.Id });
        command.Parameters.Add(new() { Value = session.Epoch });
        command.Parameters.Add(new() { Value = at });
        command.Parameters.Add(new() { Value = warmBars });
        command.Parameters.Add(new() { Value = (object?)warmPlaces ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
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
}
