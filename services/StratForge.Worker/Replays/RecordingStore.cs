using System.Data;
using System.Text.Json;
using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Trading.Ledger;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Replays;

/// <summary>Reads what is recorded of a session, as of one moment.</summary>
/// <param name="database">The platform's database.</param>
internal sealed class RecordingStore(NpgsqlDataSource database)
{
    /// <summary>Since when what a session was told is no longer kept; null while it is. It is kept as long as a replay is open that was asked for before.</summary>
    public async Task<DateTimeOffset?> FindGoneAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select tape_gone_at from sessions where id = $1 and tape_gone_at is not null");
        command.Parameters.Add(new() { Value = sessionId });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? rows.GetFieldValue<DateTimeOffset>(0) : null;
    }

    /// <returns>Null when the session was never warm: there is nothing to replay.</returns>
    /// <exception cref="InvalidDataException">What is stored can't be read.</exception>
    public async Task<Recording?> ReadAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        // The session may be running: one snapshot for all.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand("""
            select s.user_id, s.strategy_id, s.symbol, s.mode, s.parameters::text, s.seed, v.language, v.code, v.code_hash, s.first_seq,
                   coalesce(s.processed_seq, s.first_seq), coalesce(s.processed_event_id, 0),
                   (s.state_metadata -> 'start' ->> 'through')::timestamptz, s.run_hash,
                   t.code_hash, t.parameters::text, t.seed, t.cash, t.warm_bars, s.created_at, t.warm_places,
                   array(select y.symbol from session_symbols y where y.session_id = s.id order by y.place), s.processed_tick
            from sessions s
            join strategy_versions v on v.strategy_id = s.strategy_id and v.version = s.strategy_version
            join session_tape_starts t on t.session_id = s.id
            where s.id = $1
            """, connection, transaction);
        command.Parameters.Add(new() { Value = sessionId });
        Recording recording;
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await rows.ReadAsync(cancellationToken))
            {
                return null;
            }

            recording = ReadSession(sessionId, rows);
        }

        return recording with
        {
            Signals = await ReadSignalsAsync(connection, sessionId, cancellationToken),
            Fills = await ReadFillsAsync(connection, sessionId, cancellationToken),
        };
    }

    private static Recording ReadSession(Guid sessionId, NpgsqlDataReader rows)
    {
        using var parameters = JsonDocument.Parse(rows.GetString(4));
        return new Recording(
            new ClaimedSession(
                sessionId,
                rows.GetGuid(0),
                rows.GetGuid(1),
                rows.GetString(2),
                Symbols.ClassOf(rows.GetString(2)),
                rows.GetString(3) == "OBSERVE" ? SessionMode.Observe : SessionMode.Paper,
                IsStopping: false,
                parameters.RootElement.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.Clone(), StringComparer.Ordinal),
                rows.GetInt64(5),
                Epoch: 0,
                rows.GetString(6) == "python" ? HostKind.Python : HostKind.CSharp,
                rows.GetString(7),
                HasBegun: true,
                rows.GetFieldValue<DateTimeOffset>(19)),
            rows.GetString(8),
            rows.GetInt64(9),
            rows.GetInt64(10),
            rows.IsDBNull(12) ? null : rows.GetFieldValue<DateTimeOffset>(12),
            rows.IsDBNull(13) ? null : rows.GetString(13),
            new TapeStart(
                rows.GetString(14), rows.GetString(15), rows.GetInt64(16), rows.GetDecimal(17),
                TapedBar.ReadAll(rows.GetFieldValue<byte[]>(18)),
                TapeStore.PlacesOf(rows.IsDBNull(20) ? null : rows.GetFieldValue<byte[]>(20))),
            rows.GetFieldValue<string[]>(21),
            ThroughEvent: rows.GetInt64(11),
            ThroughTick: rows.GetInt64(22),
            Signals: Array.Empty<RecordedSignal>().ToLookup(_ => ((short)0, 0L)),
            Fills: []);
    }

    private static async Task<ILookup<(short Kind, long Seq), RecordedSignal>> ReadSignalsAsync(
        NpgsqlConnection connection, Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select event_kind, event_seq, ordinal, symbol, action, quantity, confidence, order_type, limit_price, metadata::text, generated_at
            from signals
            where session_id = $1
            order by event_kind, event_seq, ordinal
            """, connection);
        command.Parameters.Add(new() { Value = sessionId });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var signals = new List<((short, long) At, RecordedSignal Signal)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            signals.Add(((rows.GetInt16(0), rows.GetInt64(1)), new RecordedSignal(
                rows.GetInt32(2),
                rows.GetString(3),
                rows.GetString(4),
                rows.GetDecimal(5),
                rows.GetDouble(6),
                rows.GetString(7),
                rows.IsDBNull(8) ? null : rows.GetDecimal(8),
                rows.IsDBNull(9) ? null : JsonElement.Parse(rows.GetString(9)),
                rows.GetFieldValue<DateTimeOffset>(10))));
        }

        return signals.ToLookup(signal => signal.At, signal => signal.Signal);
    }

    private static async Task<IReadOnlyList<RecordedFill>> ReadFillsAsync(
        NpgsqlConnection connection, Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select l.order_id, l.execution_id, l.debit_owner, l.debit_kind, l.credit_owner, l.credit_kind, l.asset, l.amount, l.reason,
                   o.symbol, o.side, o.effect, o.quantity, o.collar_price, o.leg is not null,
                   t.executed_at, t.quantity, t.price, t.fee, t.cash_amount, t.realised_pnl
            from orders o
            join ledger_entries l on l.order_id = o.id
            left join trades t on t.order_id = l.order_id and t.execution_id = l.execution_id
            where o.session_id = $1
            order by l.id
            """, connection);
        command.Parameters.Add(new() { Value = sessionId });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var reserved = new Dictionary<Guid, decimal>();
        var postings = new Dictionary<(Guid, Guid), List<Posting>>();
        var fills = new List<RecordedFill>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var orderId = rows.GetGuid(0);
            var posting = new Posting(
                new LedgerAccount(rows.GetGuid(2), rows.GetString(3)), new LedgerAccount(rows.GetGuid(4), rows.GetString(5)),
                rows.GetString(6), rows.GetDecimal(7), rows.GetString(8));
            var before = reserved.GetValueOrDefault(orderId);
            if (!rows.IsDBNull(1))
            {
                if (!postings.TryGetValue((orderId, rows.GetGuid(1)), out var own))
                {
                    postings[(orderId, rows.GetGuid(1))] = own = [];
                    fills.Add(ReadFill(rows, before, own));
                }

                own.Add(posting);
            }

            reserved[orderId] = before
                + (posting.Credit.Kind == LedgerKind.CashReserved ? posting.Amount : 0)
                - (posting.Debit.Kind == LedgerKind.CashReserved ? posting.Amount : 0);
        }

        return fills;
    }

    private static RecordedFill ReadFill(NpgsqlDataReader rows, decimal reserved, IReadOnlyList<Posting> postings) =>
        rows.IsDBNull(15)
            ? throw new InvalidDataException($"The ledger has an execution {rows.GetGuid(1)} of order {rows.GetGuid(0)} that is no trade.")
            : new RecordedFill(
                rows.GetGuid(1),
                rows.GetGuid(0),
                rows.GetFieldValue<DateTimeOffset>(15),
                rows.GetString(9),
                rows.GetString(10) == "buy" ? Side.Buy : Side.Sell,
                rows.GetString(11) == "open" ? PositionEffect.Open : PositionEffect.Close,
                rows.GetDecimal(12),
                rows.IsDBNull(13) ? null : rows.GetDecimal(13),
                rows.GetBoolean(14),
                reserved,
                rows.GetDecimal(16),
                rows.GetDecimal(17),
                rows.GetDecimal(18),
                rows.GetDecimal(19),
                rows.GetDecimal(20),
                postings);
}
