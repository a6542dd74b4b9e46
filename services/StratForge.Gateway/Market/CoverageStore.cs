using Npgsql;
using StratForge.Contracts.Calendar;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Reads what is stored and what is missing between it.</summary>
internal sealed class CoverageStore(NpgsqlDataSource database)
{
    private const int MostGaps = 500;

    // Pauses of the market between two bars, most of which are no gaps: nights and weekends of two years, and then some.
    private const int MostPauses = 5_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <returns>Null when the range is longer than it may be, or ends before it begins.</returns>
    public async Task<CoverageResponse?> ReadAsync(CoverageQuery query, CancellationToken cancellationToken)
    {
        await using var summary = database.Command("""
            select timeframe, count(*), count(seq), min(time), max(time)
            from market_data
            where symbol = $1
            group by timeframe
            order by timeframe desc
            """, query.Symbol);
        var timeframes = await summary.ListAsync(
            rows => new TimeframeCoverage(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2), rows.At(3), rows.At(4)), cancellationToken);
        if (timeframes.Find(one => one.Timeframe == "1m") is not { } minutes)
        {
            return new CoverageResponse(query.Symbol!, timeframes, [], MoreGaps: false);
        }

        if (query.RangeUntil(minutes.Last + Minute) is not var (start, end))
        {
            return null;
        }

        await using var pauses = database.Command("""
            select previous, time
            from (
                select time, lag(time) over (order by time) as previous
                from market_data
                where symbol = $1 and timeframe = '1m' and time >= $2 and time <= $3) as bars
            where time - previous > $4
            order by time desc
            limit $5
            """, query.Symbol, start, end, query.LeastGap * Minute, MostPauses + 1);
        var found = await pauses.ListAsync(rows => (From: rows.At(0) + Minute, Until: rows.At(1)), cancellationToken);
        var crypto = Symbols.ClassOf(query.Symbol!) == AssetClass.Crypto;
        var gaps = found
            .SelectMany(pause => crypto ? [pause] : WithinSessions(pause.From, pause.Until).Reverse())
            .Where(gap => gap.Until - gap.From >= query.LeastGap * Minute)
            .Take(MostGaps + 1)
            .Select(gap => new CoverageGap(gap.From, gap.Until - Minute, (int)(gap.Until - gap.From).TotalMinutes))
            .ToList();
        var more = gaps.Count > MostGaps || found.Count > MostPauses;
        var listed = gaps.Take(MostGaps).Reverse().ToList();
        return new CoverageResponse(query.Symbol!, timeframes, listed, more);
    }

    /// <summary>The parts of <c>[from, until)</c> in which New York's exchanges were open, oldest first.</summary>
    internal static IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> WithinSessions(DateTimeOffset from, DateTimeOffset until)
    {
        for (var day = NewYork.DateOf(from); day <= NewYork.DateOf(until); day = day.AddDays(1))
        {
            if (!TradingCalendar.IsTradingDay(day))
            {
                continue;
            }

            var (opens, closes) = (NewYork.At(day, TradingCalendar.Open), NewYork.At(day, TradingCalendar.CloseOf(day)));
            var (first, last) = (from > opens ? from : opens, until < closes ? until : closes);
            if (first < last)
            {
                yield return (first, last);
            }
        }
    }
}
