using Npgsql;
using NpgsqlTypes;
using StratForge.Ingestor.Bars;

namespace StratForge.Benchmarks.BarStoring;

/// <summary>The baseline: the same rows by one binary COPY each, into a table of the same columns, checks, indexes and partitions, and nothing else.</summary>
internal sealed class BareCopy(NpgsqlConnection connection)
{
    public const string Table = "bare_bars";

    /// <summary>Makes the table, with a partition for each month of the rows.</summary>
    public async Task CreateAsync(IEnumerable<DateTimeOffset> times)
    {
        await ExecuteAsync($"create table {Table} (like market_data including defaults including constraints including indexes) partition by range (time)");
        foreach (var month in times.Select(time => new DateOnly(time.Year, time.Month, 1)).Distinct())
        {
            await ExecuteAsync($"create table {Table}_{month:yyyy_MM} partition of {Table} for values from ('{month:yyyy-MM-dd} 00:00Z') to ('{month.AddMonths(1):yyyy-MM-dd} 00:00Z')");
        }
    }

    public async Task StoreAsync(IReadOnlyList<LiveBar> bars)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {Table} (symbol, timeframe, time, open, high, low, close, volume, seq) from stdin (format binary)");
        foreach (var bar in bars)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(bar.Symbol, NpgsqlDbType.Text);
            await copy.WriteAsync("1m", NpgsqlDbType.Text);
            await copy.WriteAsync(bar.Value.Time, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(bar.Value.Open, NpgsqlDbType.Numeric);
            await copy.WriteAsync(bar.Value.High, NpgsqlDbType.Numeric);
            await copy.WriteAsync(bar.Value.Low, NpgsqlDbType.Numeric);
            await copy.WriteAsync(bar.Value.Close, NpgsqlDbType.Numeric);
            await copy.WriteAsync(bar.Value.Volume, NpgsqlDbType.Numeric);
            await copy.WriteAsync(bar.Seq, NpgsqlDbType.Bigint);
        }

        await copy.CompleteAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
