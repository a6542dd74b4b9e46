using Npgsql;
using NpgsqlTypes;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>A bar that comes from elsewhere than the stream.</summary>
/// <param name="Symbol">Its symbol.</param>
/// <param name="At">Its start.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded.</param>
internal readonly record struct HistoricBar(
    string Symbol, DateTimeOffset At, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume)
{
    /// <summary>Why it cannot be true; null when it can.</summary>
    public string? Fault => this switch
    {
        { Open: <= 0 } or { High: <= 0 } or { Low: <= 0 } or { Close: <= 0 } => "a price is not above zero",
        { Volume: < 0 } => "the volume is below zero",
        // Whatever is held is worth its quantity times such a price.
        { High: >= QuoteReader.Absurd } => "a price is no price of anything",
        _ when High < Low => "the high is below the low",
        _ when High < Open || High < Close => "the high is below open or close",
        _ when Low > Open || Low > Close => "the low is above open or close",
        _ => null,
    };
}

/// <summary>Stores history: bars without a number. What is streamed is never touched by it.</summary>
internal sealed class BarWriter(NpgsqlDataSource database)
{
    private readonly HashSet<DateOnly> _months = [];
    private readonly Lock _gate = new();

    /// <summary>Stores bars, each of another start or symbol, by COPY and one statement.</summary>
    /// <param name="timeframe"><c>1m</c> or <c>1d</c>.</param>
    /// <param name="bars">The bars.</param>
    /// <param name="overwrite">Whether they replace history that is there; numbered bars stay in any case.</param>
    /// <param name="cancellationToken">Ends it; then nothing is stored.</param>
    /// <returns>How many are new or changed.</returns>
    public async Task<int> WriteAsync(string timeframe, IReadOnlyList<HistoricBar> bars, bool overwrite, CancellationToken cancellationToken)
    {
        if (bars.Count == 0)
        {
            return 0;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await EnsurePartitionsAsync(connection, bars, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var staging = new NpgsqlCommand("create temp table incoming_bars (like market_data) on commit drop", connection, transaction))
        {
            await staging.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy incoming_bars (symbol, timeframe, time, open, high, low, close, volume) from stdin (format binary)", cancellationToken))
        {
            foreach (var bar in bars)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(bar.Symbol, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(timeframe, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(bar.At, NpgsqlDbType.TimestampTz, cancellationToken);
                await copy.WriteAsync(bar.Open, NpgsqlDbType.Numeric, cancellationToken);
                await copy.WriteAsync(bar.High, NpgsqlDbType.Numeric, cancellationToken);
                await copy.WriteAsync(bar.Low, NpgsqlDbType.Numeric, cancellationToken);
                await copy.WriteAsync(bar.Close, NpgsqlDbType.Numeric, cancellationToken);
                await copy.WriteAsync(bar.Volume, NpgsqlDbType.Numeric, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        var onConflict = overwrite
            ? """
              on conflict (symbol, timeframe, time) do update
              set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
              where stored.seq is null
                and (stored.open, stored.high, stored.low, stored.close, stored.volume)
                    is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
              """
            : "on conflict do nothing";
        await using var merge = new NpgsqlCommand(
            $"""
            insert into market_data as stored (symbol, timeframe, time, open, high, low, close, volume)
            select symbol, timeframe, time, open, high, low, close, volume
            from incoming_bars
            {onConflict}
            """, connection, transaction);
        var stored = await merge.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return stored;
    }

    // Each month once in the life of this process; the function itself does nothing for a month that is there.
    private async Task EnsurePartitionsAsync(NpgsqlConnection connection, IReadOnlyList<HistoricBar> bars, CancellationToken cancellationToken)
    {
        var months = bars.Select(bar => new DateOnly(bar.At.UtcDateTime.Year, bar.At.UtcDateTime.Month, 1)).Distinct().Order().ToList();
        foreach (var month in months.Where(month => !IsKnown(month)))
        {
            await using var ensure = connection.Command("select ensure_market_data_partition($1)", month);
            await ensure.ExecuteNonQueryAsync(cancellationToken);
            lock (_gate)
            {
                _months.Add(month);
            }
        }
    }

    private bool IsKnown(DateOnly month)
    {
        lock (_gate)
        {
            return _months.Contains(month);
        }
    }
}
