using System.Data;
using Npgsql;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;
using StratForge.Gateway.Portfolio;
using StratForge.Trading.Performance;

namespace StratForge.Gateway.Sessions;

/// <summary>Samples what sessions earn, and adds up what they did.</summary>
internal sealed class PerformanceStore(NpgsqlDataSource database, LastPrices prices, TimeProvider clock)
{
    private const int MostRefusals = 20;

    /// <summary>What a session came to, all of it read at one moment.</summary>
    public async Task<SessionPerformance> ReadAsync(Session session, int points, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var holdings = await ListHoldingsAsync(connection, session.Id, cancellationToken);
        var figures = await ReadFiguresAsync(connection, session.Id, cancellationToken);
        var fees = await connection.Command(
            "select fee_asset, sum(fee) from trades where session_id = $1 and fee <> 0 group by fee_asset order by fee_asset", session.Id)
            .ListAsync(rows => new FeeTotal(rows.GetString(0), rows.GetDecimal(1)), cancellationToken);
        var samples = await ListSamplesAsync(connection, session.Id, points, cancellationToken);
        var drawdown = await ReadDrawdownAsync(connection, session.Id, cancellationToken);
        var signals = await CountSignalsAsync(connection, session.Id, cancellationToken);
        var hypothetical = await ReadHypotheticalAsync(connection, session, cancellationToken);

        var last = await prices.FindAsync([.. holdings.Select(holding => holding.Symbol).Append(session.Symbol).Distinct()], cancellationToken);
        var realised = holdings.Sum(holding => holding.RealisedPnl);
        var unrealised = holdings.Sum(holding => Valuation.Value(holding, last.GetValueOrDefault(holding.Symbol)).UnrealisedPnl);
        var now = prices.MarketTime ?? clock.Now();
        var pnl = realised + unrealised;
        if (figures.Fills > 0 && (samples.Count == 0 || samples[^1].At < now))
        {
            samples.Add(new PnlSample(now, pnl));
        }

        return new SessionPerformance(
            session.Id,
            session.Mode,
            now,
            realised,
            unrealised,
            pnl,
            fees,
            figures.Fills,
            figures.Turnover,
            figures.Closings,
            figures.Wins,
            figures.Losses,
            Share(figures.Wins, figures.Closings),
            figures.Wins == 0 ? null : Cents(figures.Won / figures.Wins),
            figures.Losses == 0 ? null : Cents(figures.Lost / figures.Losses),
            figures.Lost == 0 ? null : (double)(figures.Won / -figures.Lost),
            decimal.Max(drawdown.Deepest, decimal.Max(drawdown.Peak, 0) - pnl),
            samples,
            signals,
            hypothetical?.At(last.GetValueOrDefault(session.Symbol)?.Price));
    }

    /// <summary>Stores what every session that runs or holds something has earned at a moment of the market.</summary>
    public static async Task SampleAsync(
        NpgsqlConnection connection, DateTimeOffset at, Func<string, LastPrice?> priceOf, CancellationToken cancellationToken)
    {
        var held = await connection.Command("""
            select p.session_id, p.symbol, p.quantity, p.average_price, p.realised_pnl
            from positions as p
            join sessions as s on s.id = p.session_id
            where s.ended_at is null or p.quantity <> 0
            """).ListAsync(
            rows => (SessionId: rows.GetGuid(0), Holding: Held(rows.GetString(1), rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(4))),
            cancellationToken);
        if (held.Count == 0)
        {
            return;
        }

        var pnl = held.GroupBy(row => row.SessionId).Select(group => (
            SessionId: group.Key,
            Pnl: group.Sum(row => row.Holding.RealisedPnl + Valuation.Value(row.Holding, priceOf(row.Holding.Symbol)).UnrealisedPnl))).ToArray();
        await using var command = connection.Command("""
            insert into session_samples (session_id, at, pnl)
            select session_id, $1, pnl
            from unnest($2::uuid[], $3::numeric[]) as sample (session_id, pnl)
            on conflict (session_id, at) do update set pnl = excluded.pnl
            """, at, pnl.Select(sample => sample.SessionId).ToArray(), pnl.Select(sample => sample.Pnl).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task<List<Holding>> ListHoldingsAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.Command("select symbol, quantity, average_price, realised_pnl from positions where session_id = $1", id)
            .ListAsync(rows => Held(rows.GetString(0), rows.GetDecimal(1), rows.GetDecimal(2), rows.GetDecimal(3)), cancellationToken);

    private static async Task<Figures> ReadFiguresAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        (await connection.Command("""
            select count(*)::int, coalesce(sum(t.quantity * t.price), 0),
                   count(*) filter (where o.effect = 'close')::int,
                   count(*) filter (where o.effect = 'close' and t.realised_pnl > 0)::int,
                   count(*) filter (where o.effect = 'close' and t.realised_pnl < 0)::int,
                   coalesce(sum(t.realised_pnl) filter (where o.effect = 'close' and t.realised_pnl > 0), 0),
                   coalesce(sum(t.realised_pnl) filter (where o.effect = 'close' and t.realised_pnl < 0), 0)
            from trades as t
            join orders as o on o.id = t.order_id
            where t.session_id = $1
            """, id).FirstAsync(
            rows => new Figures(
                rows.GetInt32(0), rows.GetDecimal(1), rows.GetInt32(2), rows.GetInt32(3), rows.GetInt32(4), rows.GetDecimal(5), rows.GetDecimal(6)),
            cancellationToken))!;

    // The last sample of each of so many equal parts of the time.
    private static Task<List<PnlSample>> ListSamplesAsync(NpgsqlConnection connection, Guid id, int points, CancellationToken cancellationToken) =>
        connection.Command("""
            with reach as (select min(at) as first, max(at) as last from session_samples where session_id = $1)
            select distinct on (part) at, pnl
            from (select at, pnl,
                         least($2 - 1, floor($2 * extract(epoch from at - first) / nullif(extract(epoch from last - first), 0))) as part
                  from session_samples, reach
                  where session_id = $1) as samples
            order by part, at desc
            """, id, points).ListAsync(rows => new PnlSample(rows.At(0), rows.GetDecimal(1)), cancellationToken);

    private static async Task<Drawdown> ReadDrawdownAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        (await connection.Command("""
            select coalesce(max(greatest(peak, 0) - pnl), 0), coalesce(max(pnl), 0)
            from (select pnl, max(pnl) over (order by at) as peak from session_samples where session_id = $1) as samples
            """, id).FirstAsync(rows => new Drawdown(rows.GetDecimal(0), rows.GetDecimal(1)), cancellationToken))!;

    private static async Task<SignalCounts> CountSignalsAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        var counts = await connection.Command(
            "select status, coalesce(code, ''), order_id is not null, count(*)::int from signals where session_id = $1 group by 1, 2, 3", id)
            .ListAsync(
                rows => (Status: rows.GetString(0), Code: rows.GetString(1), IsOrder: rows.GetBoolean(2), Count: rows.GetInt32(3)), cancellationToken);
        return new SignalCounts(
            counts.Sum(row => row.Count),
            counts.Where(row => row.IsOrder).Sum(row => row.Count),
            counts.Where(row => row.Status == "RECORDED").Sum(row => row.Count),
            counts.Where(row => row.Status == "REJECTED").Sum(row => row.Count),
            [
                .. counts.Where(row => row.Status == "REJECTED")
                    .GroupBy(row => row.Code, row => row.Count, StringComparer.Ordinal)
                    .Select(group => new RefusalCount(group.Key, group.Sum()))
                    .OrderByDescending(refusal => refusal.Count).ThenBy(refusal => refusal.Code, StringComparer.Ordinal)
                    .Take(MostRefusals),
            ]);
    }

    private static async Task<Hypothetical?> ReadHypotheticalAsync(
        NpgsqlConnection connection, Session session, CancellationToken cancellationToken)
    {
        // Signals on other symbols have no book.
        var recorded = (int)(await connection.Command(
            "select count(*)::int from signals where session_id = $1 and symbol = $2 and status = 'RECORDED'", session.Id, session.Symbol)
            .ExecuteScalarAsync(cancellationToken))!;
        if (recorded == 0)
        {
            return null;
        }

        var book = await connection.Command(
            "select quantity, cost, cash, fills, unfilled, wins, losses from hypothetical_books where session_id = $1 and symbol = $2",
            session.Id, session.Symbol).FirstAsync(
            rows => new Hypothetical(
                new HypotheticalPosition(rows.GetDecimal(0), rows.GetDecimal(1), rows.GetDecimal(2)), rows.GetInt32(3), rows.GetInt32(4),
                rows.GetInt32(5), rows.GetInt32(6), recorded - rows.GetInt32(3) - rows.GetInt32(4), 0),
            cancellationToken) ?? new Hypothetical(HypotheticalPosition.Flat, 0, 0, 0, 0, recorded, 0);
        var drawdown = await connection.Command("""
            select coalesce(max(greatest(peak, 0) - earned), 0)
            from (select earned, max(earned) over (order by at, signal_id) as peak
                  from (select at, signal_id, sum(realised_pnl) over (order by at, signal_id) as earned
                        from hypothetical_fills where session_id = $1) as steps) as samples
            """, session.Id).ExecuteScalarAsync(cancellationToken);
        return book with { Drawdown = (decimal)drawdown! };
    }

    private static Holding Held(string symbol, decimal quantity, decimal averagePrice, decimal realisedPnl) =>
        new(symbol, SessionId: null, StrategyName: null, quantity, averagePrice, realisedPnl, Reserved: 0);

    private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private static decimal Cents(decimal amount) => decimal.Round(amount, 2, MidpointRounding.AwayFromZero);

    private sealed record Figures(int Fills, decimal Turnover, int Closings, int Wins, int Losses, decimal Won, decimal Lost);

    private sealed record Drawdown(decimal Deepest, decimal Peak);

    private sealed record Hypothetical(
        HypotheticalPosition Position, int Fills, int Unfilled, int Wins, int Losses, int Waiting, decimal Drawdown)
    {
        // Without a price it is valued at what it cost, as the portfolio is.
        public HypotheticalPerformance At(decimal? price)
        {
            var unrealised = price is { } last ? Position.UnrealisedAt(last) : 0;
            return new HypotheticalPerformance(
                Position.RealisedPnl, unrealised, Position.RealisedPnl + unrealised, Fills, Unfilled, Waiting, Wins, Losses, Share(Wins, Wins + Losses),
                Drawdown, new PositionView(Position.Quantity, Position.AveragePrice));
        }
    }
}
