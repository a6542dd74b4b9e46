using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

/// <summary>The further symbols of sessions: which there are, and where each begins.</summary>
/// <param name="database">The platform's database.</param>
/// <param name="redis">The bus that asks the ingestor for them.</param>
/// <param name="logger">Says when the bus is away.</param>
internal sealed partial class SymbolStore(NpgsqlDataSource database, IConnectionMultiplexer redis, ILogger<SymbolStore> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks for the bars of further symbols, if the session has not begun without them.</summary>
    /// <returns>Whether the claim still holds.</returns>
    public async Task<bool> WantAsync(ClaimedSession session, IReadOnlyList<string> further, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // The gateway takes a symbol off the bus under the same lock, after a look at this table: in one order everywhere.
        foreach (var symbol in further.Order(StringComparer.Ordinal))
        {
            await using var locking = new NpgsqlCommand(
                "select pg_advisory_xact_lock(hashtextextended('subscription:' || $1, 0))", connection, transaction);
            locking.Parameters.Add(new() { Value = symbol });
            await locking.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand("""
            with mine as (
                select id from sessions where id = $1 and lease_epoch = $2 and ended_at is null for share),
            wanted as (
                insert into session_symbols (session_id, place, symbol)
                select mine.id, w.place, w.symbol
                from mine, unnest($3::text[]) with ordinality as w (symbol, place)
                where not exists (select from session_symbols y where y.session_id = $1)
                  and not exists (select from session_tape_starts t where t.session_id = $1))
            select count(*) from mine
            """, connection, transaction);
        command.Parameters.Add(new() { Value = session.Id });
        command.Parameters.Add(new() { Value = session.Epoch });
        command.Parameters.Add(new() { Value = further.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        var held = (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
        if (held)
        {
            await TellBusAsync(session, further, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return held;
    }

    /// <summary>Fixes where each further symbol begins, if nobody did before, and reads how far storage has come.</summary>
    /// <param name="session">The claim.</param>
    /// <param name="through">Start of the last bar before the session.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>In the order of their places, with the bars whose number was written down before they were told; empty for a session that began
    /// without further symbols.</returns>
    public async Task<SessionSymbols> OpenAsync(ClaimedSession session, DateTimeOffset? through, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            update session_symbols y
            set first_seq = coalesce((
                select max(m.seq) from market_data m
                where m.symbol = y.symbol and m.timeframe = '1m' and ($3::timestamptz is null or m.time <= $3)), 0)
            from sessions s
            where y.session_id = $1 and y.first_seq is null and s.id = $1 and s.lease_epoch = $2
            """)
        {
            Parameters =
            {
                new() { Value = session.Id },
                new() { Value = session.Epoch },
                new() { Value = (object?)through ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select number, place, seq from session_tape_order where session_id = $1")
        {
            Parameters = { new() { Value = session.Id } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select y.symbol, y.first_seq,
                   greatest(y.first_seq, coalesce(
                       (select max(m.seq) from market_data m where m.symbol = y.symbol and m.timeframe = '1m'), 0))
            from session_symbols y
            where y.session_id = $1 and y.first_seq is not null
            order by y.place
            """)
        {
            Parameters = { new() { Value = session.Id } },
        });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var decided = new Dictionary<long, BarSource>();
        while (await rows.ReadAsync(cancellationToken))
        {
            decided.Add(rows.GetInt64(0), new BarSource(rows.GetInt16(1), rows.GetInt64(2)));
        }

        await rows.NextResultAsync(cancellationToken);
        var symbols = new List<SessionSymbol>();
        while (await rows.ReadAsync(cancellationToken))
        {
            symbols.Add(new SessionSymbol(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
        }

        return new SessionSymbols(symbols, decided);
    }

    // The gateway makes up for it when the bus is away: it compares the bus with this table.
    private async Task TellBusAsync(ClaimedSession session, IReadOnlyList<string> further, CancellationToken cancellationToken)
    {
        try
        {
            var bus = redis.GetDatabase();
            foreach (var symbol in further)
            {
                var type = Symbols.ClassOf(symbol);
                await bus.SetAddAsync(Topics.Active(type), symbol).WaitAsync(Patience, cancellationToken);
                var update = new SubscriptionUpdate(SubscriptionUpdate.Subscribe, symbol, type, session.StrategyId, session.Id);
                await bus.PublishAsync(
                        new RedisChannel(Topics.SubscriptionUpdates, RedisChannel.PatternMode.Literal),
                        JsonSerializer.SerializeToUtf8Bytes(update, ContractsJson.Default.SubscriptionUpdate))
                    .WaitAsync(Patience, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogBusAway(session.Id, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The bus does not know yet which symbols session {SessionId} needs; it will be told again: {Reason}")]
    private partial void LogBusAway(Guid sessionId, string reason);
}

/// <summary>The further symbols of a session, and bars of which it is written down when they were told.</summary>
/// <param name="Further">By their places, from 1.</param>
/// <param name="Decided">Which bar has a number; others have theirs by their time.</param>
internal sealed record SessionSymbols(IReadOnlyList<SessionSymbol> Further, IReadOnlyDictionary<long, BarSource> Decided);
