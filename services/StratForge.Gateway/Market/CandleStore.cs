using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Reads stored bars. Only minutes are stored; longer ones are put together from them.</summary>
internal sealed class CandleStore(NpgsqlDataSource database)
{
    public async Task<CandlesResponse> ReadAsync(CandlesQuery query, CancellationToken cancellationToken)
    {
        var step = TimeSpan.FromMinutes(query.Minutes);
        var order = query.OldestFirst ? "asc" : "desc";

        // A longer bar has at most `Minutes` rows; so that many rows per bar, and those of one more because the reading may end
        // amid one, hold every bar that is wanted. The first price of a bar is the second half of the smallest (time, open).
        await using var command = database.Command($"""
            select extract(epoch from bucket)::bigint,
                   (min(array[extract(epoch from time), open]))[2]::float8,
                   max(high)::float8, min(low)::float8,
                   (max(array[extract(epoch from time), close]))[2]::float8,
                   sum(volume)::float8
            from (
                select date_bin($6, time, '2000-01-01T00:00:00Z') as bucket, time, open, high, low, close, volume
                from market_data
                where symbol = $1 and timeframe = '1m'
                  and ($2::timestamptz is null or time >= date_bin($6, $2, '2000-01-01T00:00:00Z'))
                  and ($3::timestamptz is null or time < date_bin($6, $3, '2000-01-01T00:00:00Z') + $6)
                  and ($4::timestamptz is null or time < $4)
                order by time {order}
                limit ($5 + 1) * $7) as minutes
            group by bucket
            order by bucket {order}
            limit $5
            """, query.Symbol, query.Start?.At, query.End?.At, query.Before?.At, query.Take, step, query.Minutes);

        var rows = await command.ListAsync(
            row => (T: row.GetInt64(0), O: row.GetDouble(1), H: row.GetDouble(2), L: row.GetDouble(3), C: row.GetDouble(4), V: row.GetDouble(5)),
            cancellationToken);
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
