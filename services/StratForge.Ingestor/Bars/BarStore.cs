using Npgsql;
using NpgsqlTypes;
using StratForge.Alpaca;
using StratForge.Ingestor.Leadership;

namespace StratForge.Ingestor.Bars;

/// <summary>Bars in Postgres, written through the leader's own connection: whoever lost the lock lost the connection with it,
/// so two instances can never both number bars.</summary>
/// <remarks>Bars travel as binary COPY. New ones go straight into the table. Where some may be there already, and of live bars that is the rare
/// case that the table itself reports, they go into a table of this connection first, and from there by one statement that says what happens to those.</remarks>
internal sealed class BarStore(LeaderConnection leader)
{
    private const string Columns = "symbol, timeframe, time, open, high, low, close, volume, seq";

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
                       or exists (
                           select 1 from session_symbols y
                           join sessions on sessions.id = y.session_id
                           where y.symbol = live.symbol and sessions.ended_at is null and y.first_seq is not null)
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
            var rows = bars.Select(static bar => new BarRow(bar.Symbol, Timeframe.Name, bar.Value, bar.Seq)).ToList();
            await EnsurePartitionsAsync(connection, rows, cancellationToken);
            try
            {
                await CopyAsync(connection, "market_data", rows, cancellationToken);
                return rows.Count;
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // The whole copy is undone.
            }

            // A bar that is there without a number, as imported history, becomes the live one.
            var stored = await MergeAsync(connection, rows, $"{Overwrite} where stored.seq is null", cancellationToken);
            return stored == rows.Count ? stored : throw new BarConflictException(rows.Count, stored);
        }, cancellationToken);

    /// <summary>Stores what the venue says of bars that are there: prices and volume change, the number stays. One that is not there is history.</summary>
    /// <returns>How many were new or changed.</returns>
    public Task<int> CorrectAsync(IReadOnlyList<BarRow> bars, CancellationToken cancellationToken) =>
        leader.UseAsync(async connection =>
        {
            await EnsurePartitionsAsync(connection, bars, cancellationToken);
            return await MergeAsync(
                connection,
                bars,
                """
                on conflict (symbol, timeframe, time) do update
                set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
                where (stored.open, stored.high, stored.low, stored.close, stored.volume)
                      is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
                """,
                cancellationToken);
        }, cancellationToken);

    /// <summary>Lets go of what is older than <paramref name="keep"/>, counted from the newest bar: in a replay the market's time lies years back.</summary>
    /// <returns>How many months went.</returns>
    public Task<int> DropBeforeAsync(TimeSpan keep, CancellationToken cancellationToken) =>
        leader.UseAsync(async connection =>
        {
            // In two statements: a table that a statement reads cannot be dropped by it.
            await using var look = new NpgsqlCommand("select max(time) - $1 from market_data where timeframe = $2", connection);
            look.Parameters.Add(new() { Value = keep });
            look.Parameters.Add(new() { Value = Timeframe.Name });
            if (await look.ExecuteScalarAsync(cancellationToken) is not DateTime cutoff)
            {
                return 0;
            }

            await using var drop = new NpgsqlCommand("select drop_market_data_before($1)", connection);
            drop.Parameters.Add(new() { Value = cutoff });
            var dropped = (int)(await drop.ExecuteScalarAsync(cancellationToken))!;
            if (dropped > 0)
            {
                _months.Clear();
            }

            return dropped;
        }, cancellationToken);

    /// <summary>Stores bars that get no number, and where the numbered ones begin. Bars already there are left as they are.</summary>
    /// <returns>How many were new.</returns>
    public Task<int> InsertHistoryAsync(
        string symbol, IReadOnlyList<AlpacaBar> bars, DateTimeOffset? liveAfter, CancellationToken cancellationToken) =>
        leader.UseAsync(async connection =>
        {
            var rows = bars.Select(bar => new BarRow(symbol, Timeframe.Name, bar, Seq: null)).ToList();
            await EnsurePartitionsAsync(connection, rows, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var stored = rows.Count == 0 ? 0 : await MergeAsync(connection, rows, "on conflict do nothing", cancellationToken);

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

    private const string Overwrite = """
        on conflict (symbol, timeframe, time) do update
        set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume, seq = excluded.seq
        """;

    // No two rows may be of the same bar.
    private static async Task<int> MergeAsync(NpgsqlConnection connection, IReadOnlyList<BarRow> rows, string onConflict, CancellationToken cancellationToken)
    {
        // Kept for the life of the connection: making a table each time would fill the catalogue with the remains.
        await using (var prepare = new NpgsqlCommand(
            "create temp table if not exists incoming_bars (like market_data); truncate incoming_bars", connection))
        {
            await prepare.ExecuteNonQueryAsync(cancellationToken);
        }

        await CopyAsync(connection, "incoming_bars", rows, cancellationToken);
        await using var merge = new NpgsqlCommand(
            $"insert into market_data as stored ({Columns}) select {Columns} from incoming_bars {onConflict}", connection);
        return await merge.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string table, IReadOnlyList<BarRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {table} ({Columns}) from stdin (format binary)", cancellationToken);
        foreach (var (symbol, timeframe, bar, seq) in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(symbol, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(timeframe, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(bar.Time, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(bar.Open, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(bar.High, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(bar.Low, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(bar.Close, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(bar.Volume, NpgsqlDbType.Numeric, cancellationToken);
            if (seq is { } number)
            {
                await copy.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken);
            }
            else
            {
                await copy.WriteNullAsync(cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // The month after as well, so that its first bar finds a partition that nobody has to wait for.
    private async Task EnsurePartitionsAsync(NpgsqlConnection connection, IReadOnlyList<BarRow> rows, CancellationToken cancellationToken)
    {
        foreach (var month in rows.Select(static row => new DateOnly(row.Value.Time.UtcDateTime.Year, row.Value.Time.UtcDateTime.Month, 1)).Distinct().Order().ToList())
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

/// <summary>One line of the table.</summary>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Timeframe">Its length, as the table spells it.</param>
/// <param name="Value">The bar.</param>
/// <param name="Seq">Its number; null for history.</param>
internal readonly record struct BarRow(string Symbol, string Timeframe, AlpacaBar Value, long? Seq);

/// <summary>End of a symbol's numbered bars.</summary>
/// <param name="At">Start of the last one, or the instant after which bars are numbered.</param>
/// <param name="Seq">Its number; zero before the first.</param>
/// <param name="Followed">Whether a session is in the middle of them, so that every later bar must be numbered too.</param>
internal sealed record BarTail(DateTimeOffset At, long Seq, bool Followed);

/// <summary>The table holds numbered bars this leader does not know of. It starts again from what is stored.</summary>
internal sealed class BarConflictException(int sent, int stored)
    : Exception($"{sent} bars were to be stored, {sent - stored} were numbered already.");
