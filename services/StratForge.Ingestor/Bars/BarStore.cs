using Npgsql;
using NpgsqlTypes;
using StratForge.Alpaca;
using StratForge.Ingestor.Leadership;

namespace StratForge.Ingestor.Bars;

/// <summary>Bars in Postgres, written through the leader's own connection: whoever lost the lock lost the connection with it,
/// so two instances can never both number bars.</summary>
internal sealed class BarStore(LeaderConnection leader)
{
    private readonly HashSet<DateOnly> _months = [];

    /// <summary>Where the numbered bars of each symbol end; symbols that never had any are absent.</summary>
    public Task<IReadOnlyDictionary<string, BarTail>> LoadTailsAsync(IReadOnlyCollection<string> symbols, CancellationToken cancellationToken) =>
        leader.UseAsync<IReadOnlyDictionary<string, BarTail>>(async connection =>
        {
            await using var command = new NpgsqlCommand("""
                select live.symbol,
                       greatest(live.live_after, last.time),
                       coalesce(last.seq, 0),
                       exists (select 1 from sessions where sessions.symbol = live.symbol and ended_at is null and first_seq is not null)
                from market_data_live live
                left join lateral (
                    select time, seq
                    from market_data
                    where market_data.symbol = live.symbol and market_data.timeframe = live.timeframe and seq is not null
                    order by seq desc
                    limit 1) last on true
                where live.symbol = any($1) and live.timeframe = $2
                """, connection);
            command.Parameters.Add(new() { Value = symbols.ToArray() });
            command.Parameters.Add(new() { Value = Timeframe.Name });

            var tails = new Dictionary<string, BarTail>(StringComparer.Ordinal);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                tails.Add(rows.GetString(0), new BarTail(rows.GetFieldValue<DateTimeOffset>(1), rows.GetInt64(2), rows.GetBoolean(3)));
            }

            return tails;
        }, cancellationToken);

    /// <summary>Stores numbered bars of any symbols in one statement.</summary>
    /// <exception cref="BarConflictException">A bar was numbered before: what we know of the table is not true any more.</exception>
    public Task InsertAsync(IReadOnlyList<LiveBar> bars, CancellationToken cancellationToken) =>
        leader.UseAsync(async connection =>
        {
            await EnsurePartitionsAsync(connection, bars.Select(static bar => bar.Value.Time), cancellationToken);
            // A bar that is there without a number, as imported history, becomes the live one.
            await using var command = new NpgsqlCommand("""
                insert into market_data as stored (symbol, timeframe, time, open, high, low, close, volume, seq)
                select symbol, $2, time, open, high, low, close, volume, seq
                from unnest($1, $3, $4, $5, $6, $7, $8, $9) as bar (symbol, time, open, high, low, close, volume, seq)
                on conflict (symbol, timeframe, time) do update
                set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume, seq = excluded.seq
                where stored.seq is null
                """, connection);
            AddBars(command, [.. bars.Select(static bar => bar.Symbol)], bars.Select(static bar => bar.Value));
            command.Parameters.Add(new() { Value = bars.Select(static bar => bar.Seq).ToArray() });
            var stored = await command.ExecuteNonQueryAsync(cancellationToken);
            return stored == bars.Count ? stored : throw new BarConflictException(bars.Count, stored);
        }, cancellationToken);

    /// <summary>Stores bars that get no number, and where the numbered ones begin. Bars already there are left as they are.</summary>
    /// <returns>How many were new.</returns>
    public Task<int> InsertHistoryAsync(
        string symbol, IReadOnlyList<AlpacaBar> bars, DateTimeOffset? liveAfter, CancellationToken cancellationToken) =>
        leader.UseAsync(async connection =>
        {
            await EnsurePartitionsAsync(connection, bars.Select(static bar => bar.Time), cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var stored = 0;
            if (bars.Count > 0)
            {
                await using var command = new NpgsqlCommand("""
                    insert into market_data (symbol, timeframe, time, open, high, low, close, volume)
                    select symbol, $2, time, open, high, low, close, volume
                    from unnest($1, $3, $4, $5, $6, $7, $8) as bar (symbol, time, open, high, low, close, volume)
                    on conflict do nothing
                    """, connection, transaction);
                AddBars(command, [.. Enumerable.Repeat(symbol, bars.Count)], bars);
                stored = await command.ExecuteNonQueryAsync(cancellationToken);
            }

            if (liveAfter is { } instant)
            {
                await using var command = new NpgsqlCommand("""
                    insert into market_data_live as known (symbol, timeframe, live_after)
                    values ($1, $2, $3)
                    on conflict (symbol, timeframe) do update set live_after = greatest(known.live_after, excluded.live_after)
                    """, connection, transaction);
                command.Parameters.Add(new() { Value = symbol });
                command.Parameters.Add(new() { Value = Timeframe.Name });
                command.Parameters.Add(new() { Value = instant });
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return stored;
        }, cancellationToken);

    private static void AddBars(NpgsqlCommand command, string[] symbols, IEnumerable<AlpacaBar> bars)
    {
        var values = bars as IReadOnlyList<AlpacaBar> ?? [.. bars];
        command.Parameters.Add(new() { Value = symbols });
        command.Parameters.Add(new() { Value = Timeframe.Name });
        command.Parameters.Add(new() { Value = values.Select(static bar => bar.Time).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = values.Select(static bar => bar.Open).ToArray() });
        command.Parameters.Add(new() { Value = values.Select(static bar => bar.High).ToArray() });
        command.Parameters.Add(new() { Value = values.Select(static bar => bar.Low).ToArray() });
        command.Parameters.Add(new() { Value = values.Select(static bar => bar.Close).ToArray() });
        command.Parameters.Add(new() { Value = values.Select(static bar => bar.Volume).ToArray() });
    }

    // The month after as well, so that its first bar finds a partition that nobody has to wait for.
    private async Task EnsurePartitionsAsync(NpgsqlConnection connection, IEnumerable<DateTimeOffset> times, CancellationToken cancellationToken)
    {
        foreach (var month in times.Select(static time => new DateOnly(time.UtcDateTime.Year, time.UtcDateTime.Month, 1)).Distinct().Order().ToList())
        {
            foreach (var needed in new[] { month, month.AddMonths(1) })
            {
                if (_months.Contains(needed))
                {
                    continue;
                }

                await using var command = new NpgsqlCommand("select ensure_market_data_partition($1)", connection);
                command.Parameters.Add(new() { Value = needed });
                await command.ExecuteNonQueryAsync(cancellationToken);
                _months.Add(needed);
            }
        }
    }
}

/// <summary>End of a symbol's numbered bars.</summary>
/// <param name="At">Start of the last one, or the instant after which bars are numbered.</param>
/// <param name="Seq">Its number; zero before the first.</param>
/// <param name="Followed">Whether a session is in the middle of them, so that every later bar must be numbered too.</param>
internal sealed record BarTail(DateTimeOffset At, long Seq, bool Followed);

/// <summary>The table holds numbered bars this leader does not know of. It starts again from what is stored.</summary>
internal sealed class BarConflictException(int sent, int stored)
    : Exception($"{sent} bars were to be stored, {sent - stored} were numbered already.");
