using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Reads stored bars. Only minutes are stored; longer ones are put together from them.</summary>
internal sealed class CandleStore(NpgsqlDataSource database)
{
    public async Task<CandlesResponse> ReadAsync(CandlesQuery query, CancellationToken cancellationToken)
    {
        await using var command = Select(query, query.OldestFirst, query.Take);
        var rows = await command.ListAsync(Read, cancellationToken);
        if (!query.OldestFirst)
        {
            rows.Reverse();
        }

        return new CandlesResponse(
            query.Symbol!,
            query.TimeframeOrDefault,
            [.. rows.Select(row => row.T)],
            [.. rows.Select(row => row.O)],
            [.. rows.Select(row => row.H)],
            [.. rows.Select(row => row.L)],
            [.. rows.Select(row => row.C)],
            [.. rows.Select(row => row.V)]);
    }

    /// <summary>The same bars one by one, oldest first, for a file.</summary>
    public IAsyncEnumerable<Candle> StreamAsync(CandlesQuery query, CancellationToken cancellationToken) =>
        Chunks.ReadAsync(
            (long? after, int take) => Select(
                after is { } seconds ? query with { Start = new Moment(DateTimeOffset.FromUnixTimeSeconds(seconds).AddMinutes(query.MostMinutes)) } : query,
                oldestFirst: true, take),
            Read, candle => candle.T, query.Limit ?? CsvFile.MostRows, cancellationToken);

    private static Candle Read(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetDouble(1), row.GetDouble(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5));

    private NpgsqlCommand Select(CandlesQuery query, bool oldestFirst, int take)
    {
        var order = oldestFirst ? "asc" : "desc";

        // The venue's own bars of whole days stand in for days of which there are no minutes.
        var days = query.TimeframeOrDefault != "1d" ? "" : $"""
            union all
            (select time, open::float8, high::float8, low::float8, close::float8, volume::float8
             from market_data as day
             where symbol = $1 and timeframe = '1d'
               and ($2::timestamptz is null or time >= market_bar_start($6, $2, $8))
               and ($3::timestamptz is null or time <= $3)
               and ($4::timestamptz is null or time < $4)
               and not exists (
                   select from market_data as minute
                   where minute.symbol = $1 and minute.timeframe = '1m' and minute.time >= day.time and minute.time < market_bar_end($6, day.time, $8))
             order by time {order}
             limit $5)
            """;

        // A longer bar has at most so many rows; so that many rows per bar, and those of one more because the reading may end
        // amid one, hold every bar that is wanted. The first price of a bar is the second half of the smallest (time, open).
        return database.Command($"""
            select extract(epoch from bucket)::bigint, open, high, low, close, volume
            from (
                (select bucket,
                        (min(array[extract(epoch from time), open]))[2]::float8 as open,
                        max(high)::float8 as high, min(low)::float8 as low,
                        (max(array[extract(epoch from time), close]))[2]::float8 as close,
                        sum(volume)::float8 as volume
                 from (
                     select market_bar_start($6, time, $8) as bucket, time, open, high, low, close, volume
                     from market_data
                     where symbol = $1 and timeframe = '1m'
                       and ($2::timestamptz is null or time >= market_bar_start($6, $2, $8))
                       and ($3::timestamptz is null or time < market_bar_end($6, $3, $8))
                       and ($4::timestamptz is null or time < $4)
                     order by time {order}
                     limit ($5 + 1) * $7) as minutes
                 group by bucket
                 order by bucket {order}
                 limit $5)
                {days}) as bars
            order by bucket {order}
            limit $5
            """, query.Symbol, query.Start?.At, query.End?.At, query.Before?.At, take, TimeSpan.FromMinutes(query.Minutes), query.MostMinutes, query.Zone);
    }

    /// <summary>Symbols of which bars are stored, in order.</summary>
    public async Task<IReadOnlyList<string>> ListSymbolsAsync(CancellationToken cancellationToken)
    {
        // Jumps from one symbol to the next over the index; a "distinct" would walk millions of bars.
        await using var command = database.Command("""
            with recursive known as (
                (select symbol from market_data order by symbol limit 1)
                union all
                select (select symbol from market_data where symbol > known.symbol order by symbol limit 1)
                from known
                where known.symbol is not null)
            select symbol from known where symbol is not null
            """);
        return await command.ListAsync(rows => rows.GetString(0), cancellationToken);
    }
}
