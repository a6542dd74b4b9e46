using Npgsql;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Market;

/// <summary>Bars as the ingestor stored them.</summary>
/// <param name="database">The platform's database.</param>
internal sealed class BarStore(NpgsqlDataSource database)
{
    /// <summary>Live bars after <paramref name="afterSeq"/>, oldest first.</summary>
    public async Task<IReadOnlyList<(long Seq, BarValues Values)>> ReadAfterAsync(
        string symbol, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select seq, time, open, high, low, close, volume
            from market_data
            where symbol = $1 and timeframe = '1m' and seq > $2
            order by seq
            limit $3
            """);
        command.Parameters.Add(new() { Value = symbol });
        command.Parameters.Add(new() { Value = afterSeq });
        command.Parameters.Add(new() { Value = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var bars = new List<(long, BarValues)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            bars.Add((rows.GetInt64(0), Read(rows, 1)));
        }

        return bars;
    }

    /// <summary>For many symbols at once: the live bars after a number each.</summary>
    /// <param name="after">Symbol and the last number known of it.</param>
    /// <param name="limit">Most bars per symbol.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<MarketBar>> ReadTailsAsync(
        IReadOnlyList<(string Symbol, long Seq)> after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select b.symbol, b.seq, b.time, b.open, b.high, b.low, b.close, b.volume
            from unnest($1::text[], $2::bigint[]) as known (symbol, seq)
            cross join lateral (
                select m.symbol, m.seq, m.time, m.open, m.high, m.low, m.close, m.volume
                from market_data m
                where m.symbol = known.symbol and m.timeframe = '1m' and m.seq > known.seq
                order by m.seq
                limit $3) b
            order by b.symbol, b.seq
            """);
        command.Parameters.Add(new() { Value = after.Select(known => known.Symbol).ToArray() });
        command.Parameters.Add(new() { Value = after.Select(known => known.Seq).ToArray() });
        command.Parameters.Add(new() { Value = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var bars = new List<MarketBar>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var seq = rows.GetInt64(1);
            var values = Read(rows, 2);
            bars.Add(new MarketBar(rows.GetString(0), seq, values, HostFrame.Bar(seq, values), traceparent: null));
        }

        return bars;
    }

    /// <summary>Number of the newest live bar; zero before the first.</summary>
    public async Task<long> ReadLastSeqAsync(string symbol, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select coalesce(max(seq), 0) from market_data where symbol = $1 and timeframe = '1m'");
        command.Parameters.Add(new() { Value = symbol });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The last bars up to and including <paramref name="through"/>, live or history, oldest first.</summary>
    /// <param name="symbol">Their symbol.</param>
    /// <param name="through">Start of the last one.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <param name="throughSeq">Live bars after this number are left out.</param>
    public async Task<IReadOnlyList<BarValues>> ReadHistoryAsync(
        string symbol, DateTimeOffset through, int count, CancellationToken cancellationToken, long throughSeq = long.MaxValue)
    {
        await using var command = database.CreateCommand("""
            select time, open, high, low, close, volume
            from market_data
            where symbol = $1 and timeframe = '1m' and time <= $2 and (seq is null or seq <= $4)
            order by time desc
            limit $3
            """);
        command.Parameters.Add(new() { Value = symbol });
        command.Parameters.Add(new() { Value = through });
        command.Parameters.Add(new() { Value = count });
        command.Parameters.Add(new() { Value = throughSeq });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var bars = new List<BarValues>();
        while (await rows.ReadAsync(cancellationToken))
        {
            bars.Add(Read(rows, 0));
        }

        bars.Reverse();
        return bars;
    }

    private static BarValues Read(NpgsqlDataReader rows, int first) => BarValues.Of(
        rows.GetFieldValue<DateTimeOffset>(first), rows.GetDecimal(first + 1), rows.GetDecimal(first + 2),
        rows.GetDecimal(first + 3), rows.GetDecimal(first + 4), rows.GetDecimal(first + 5));
}
