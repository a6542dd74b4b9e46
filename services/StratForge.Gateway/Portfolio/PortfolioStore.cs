using System.Data;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Units held or owed, as booked.</summary>
internal sealed record Holding(
    string Symbol, Guid? SessionId, string? StrategyName, decimal Quantity, decimal AveragePrice, decimal RealisedPnl,
    decimal Reserved, decimal Margin = 0);

/// <summary>An account as booked, all of it read at one moment.</summary>
/// <param name="Available">Cash free to spend.</param>
/// <param name="Reserved">Cash tied up by open orders.</param>
/// <param name="Margin">Cash held against short positions: what they brought, and what was put up for them.</param>
/// <param name="RealisedPnl">Over all positions, closed ones too, since the account last began anew.</param>
/// <param name="Holdings">Open positions, by symbol.</param>
/// <param name="OpenedAt">When the account was opened.</param>
/// <param name="ResetAt">When it last began anew.</param>
/// <param name="ResetMarketAt">The same on the market's clock.</param>
internal sealed record Books(
    decimal Available,
    decimal Reserved,
    decimal Margin,
    decimal RealisedPnl,
    IReadOnlyList<Holding> Holdings,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ResetAt,
    DateTimeOffset? ResetMarketAt)
{
    public decimal Cash => Available + Reserved + Margin;

    /// <summary>From where on the market's clock equity counts: the last new beginning; null when there was none, or when the market was
    /// set back behind it since.</summary>
    public DateTimeOffset? CountsFrom(DateTimeOffset marketTime) => ResetMarketAt <= marketTime ? ResetMarketAt : null;
}

/// <summary>Balances, positions and equity samples.</summary>
internal sealed class PortfolioStore(NpgsqlDataSource database)
{
    public async Task<Books> ReadBooksAsync(Guid userId, CancellationToken cancellationToken)
    {
        // One snapshot for cash and positions: a fill booked between two reads would show its cash without its units.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("""
            select a.opened_at,
                   coalesce((select balance from ledger_accounts
                             where owner_id = $1 and kind = 'cash' and asset = 'USD'), 0),
                   coalesce((select balance from ledger_accounts
                             where owner_id = $1 and kind = 'cash_reserved' and asset = 'USD'), 0),
                   coalesce((select balance from ledger_accounts
                             where owner_id = $1 and kind = 'margin' and asset = 'USD'), 0),
                   -- Positions that no new beginning has emptied: those it did are written at its moment, with nothing earned.
                   coalesce((select sum(realised_pnl) from positions
                             where user_id = $1 and (a.reset_at is null or updated_at >= a.reset_at)), 0),
                   a.reset_at,
                   (select market_at from account_resets where user_id = $1 order by at desc limit 1)
            from accounts as a
            where a.user_id = $1
            """, userId);
        batch.Add("""
            select p.symbol, p.session_id, t.name, p.quantity, p.average_price, p.realised_pnl, p.reserved, p.margin
            from positions as p
            left join sessions as s on s.id = p.session_id
            left join strategies as t on t.id = s.strategy_id
            where p.user_id = $1 and p.quantity <> 0
            order by p.symbol, p.session_id
            """, userId);

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        var books = new Books(
            rows.GetDecimal(1), rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(4), [], rows.At(0), rows.Maybe<DateTimeOffset>(5),
            rows.Maybe<DateTimeOffset>(6));
        await rows.NextResultAsync(cancellationToken);
        var holdings = new List<Holding>();
        while (await rows.ReadAsync(cancellationToken))
        {
            holdings.Add(new Holding(
                rows.GetString(0), rows.Maybe<Guid>(1), rows.Text(2), rows.GetDecimal(3), rows.GetDecimal(4), rows.GetDecimal(5),
                rows.GetDecimal(6), rows.GetDecimal(7)));
        }

        return books with { Holdings = holdings };
    }

    /// <summary>The newest samples up to <paramref name="until"/>, oldest first.</summary>
    public async Task<List<EquitySample>> ListNewestSamplesAsync(
        Guid userId, DateTimeOffset? from, DateTimeOffset until, int points, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select at, equity
            from (select at, equity
                  from equity_samples
                  where user_id = $1 and ($2::timestamptz is null or at >= $2) and at <= $3
                  order by at desc
                  limit $4) as newest
            order by at
            """, userId, from, until, points);
        return await command.ListAsync(rows => new EquitySample(rows.At(0), rows.GetDecimal(1)), cancellationToken);
    }

    /// <summary>The last sample of each of <paramref name="points"/> equal parts of a time, oldest first; parts without one are left out.</summary>
    public async Task<List<EquitySample>> ListSamplesAsync(
        Guid userId, DateTimeOffset from, DateTimeOffset until, int points, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select distinct on (part) at, equity
            from (select at, equity,
                         least($4 - 1, floor($4 * extract(epoch from at - $2) / nullif(extract(epoch from $3 - $2), 0))) as part
                  from equity_samples
                  where user_id = $1 and at between $2 and $3) as samples
            order by part, at desc
            """, userId, from, until, points);
        return await command.ListAsync(rows => new EquitySample(rows.At(0), rows.GetDecimal(1)), cancellationToken);
    }

    /// <summary>The first sample from <paramref name="from"/> on; null when there is none up to <paramref name="until"/>.</summary>
    public async Task<EquitySample?> FindFirstSampleAsync(
        Guid userId, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select at, equity from equity_samples where user_id = $1 and at between $2 and $3 order by at limit 1
            """, userId, from, until);
        return await command.FirstAsync(rows => new EquitySample(rows.At(0), rows.GetDecimal(1)), cancellationToken);
    }

    /// <summary>Cash and holdings of every user who has an open position or a session that has not ended.</summary>
    public static async Task<IReadOnlyDictionary<Guid, (decimal Cash, List<Holding> Holdings)>> ReadActiveAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("""
            select owner_id, sum(balance)
            from ledger_accounts
            where kind in ('cash', 'cash_reserved', 'margin') and asset = 'USD'
              and owner_id in (
                  select user_id from positions where quantity <> 0
                  union select user_id from sessions where ended_at is null)
            group by owner_id
            """);
        batch.Add("""
            select user_id, symbol, quantity, average_price from positions where quantity <> 0
            """);

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var active = new Dictionary<Guid, (decimal Cash, List<Holding> Holdings)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            active[rows.GetGuid(0)] = (rows.GetDecimal(1), []);
        }

        await rows.NextResultAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (active.TryGetValue(rows.GetGuid(0), out var account))
            {
                account.Holdings.Add(new Holding(
                    rows.GetString(1), SessionId: null, StrategyName: null, rows.GetDecimal(2), rows.GetDecimal(3), 0, 0));
            }
        }

        return active;
    }

    /// <summary>Stores one sample per user; a market that stands still keeps the newest of its moment, but for one with which an account began anew:
    /// these may have been read before that.</summary>
    public static async Task AddSamplesAsync(
        NpgsqlConnection connection, DateTimeOffset at, Guid[] users, decimal[] equity, decimal[] cash,
        CancellationToken cancellationToken)
    {
        await using var command = connection.Command("""
            insert into equity_samples (user_id, at, equity, cash)
            select user_id, $1, equity, cash
            from unnest($2::uuid[], $3::numeric[], $4::numeric[]) as sample (user_id, equity, cash)
            on conflict (user_id, at) do update set equity = excluded.equity, cash = excluded.cash
            where not equity_samples.begins
            """, at, users, equity, cash);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
