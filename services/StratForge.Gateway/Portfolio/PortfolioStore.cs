using System.Data;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Units held, as booked.</summary>
internal sealed record Holding(
    string Symbol, Guid? SessionId, string? StrategyName, decimal Quantity, decimal AveragePrice, decimal RealisedPnl,
    decimal Reserved);

/// <summary>An account as booked, all of it read at one moment.</summary>
/// <param name="Available">Cash free to spend.</param>
/// <param name="Reserved">Cash tied up by open buys.</param>
/// <param name="RealisedPnl">Over all positions, closed ones too.</param>
/// <param name="Holdings">Open positions, by symbol.</param>
/// <param name="OpenedAt">When the account was opened.</param>
internal sealed record Books(
    decimal Available, decimal Reserved, decimal RealisedPnl, IReadOnlyList<Holding> Holdings, DateTimeOffset OpenedAt)
{
    public decimal Cash => Available + Reserved;
}

/// <summary>Balances, positions and equity samples.</summary>
internal sealed class PortfolioStore(NpgsqlDataSource database)
{
    // Eight hours of minutes, about one per pixel of a chart; pages ask for them every second.
    private const int MostSamples = 480;

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
                   coalesce((select sum(realised_pnl) from positions where user_id = $1), 0)
            from accounts as a
            where a.user_id = $1
            """, userId);
        batch.Add("""
            select p.symbol, p.session_id, t.name, p.quantity, p.average_price, p.realised_pnl, p.reserved
            from positions as p
            left join sessions as s on s.id = p.session_id
            left join strategies as t on t.id = s.strategy_id
            where p.user_id = $1 and p.quantity <> 0
            order by p.symbol, p.session_id
            """, userId);

        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        var books = new Books(rows.GetDecimal(1), rows.GetDecimal(2), rows.GetDecimal(3), [], rows.At(0));
        await rows.NextResultAsync(cancellationToken);
        var holdings = new List<Holding>();
        while (await rows.ReadAsync(cancellationToken))
        {
            holdings.Add(new Holding(
                rows.GetString(0), rows.Maybe<Guid>(1), rows.Text(2), rows.GetDecimal(3), rows.GetDecimal(4), rows.GetDecimal(5),
                rows.GetDecimal(6)));
        }

        return books with { Holdings = holdings };
    }

    /// <summary>The newest samples up to <paramref name="until"/>, oldest first.</summary>
    public async Task<List<EquitySample>> ListSamplesAsync(
        Guid userId, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select at, equity
            from (select at, equity from equity_samples where user_id = $1 and at <= $2 order by at desc limit $3) as newest
            order by at
            """, userId, until, MostSamples);
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
            where kind in ('cash', 'cash_reserved') and asset = 'USD'
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

    /// <summary>Stores one sample per user; a market that stands still keeps the newest of its moment.</summary>
    public static async Task AddSamplesAsync(
        NpgsqlConnection connection, DateTimeOffset at, Guid[] users, decimal[] equity, decimal[] cash,
        CancellationToken cancellationToken)
    {
        await using var command = connection.Command("""
            insert into equity_samples (user_id, at, equity, cash)
            select user_id, $1, equity, cash
            from unnest($2::uuid[], $3::numeric[], $4::numeric[]) as sample (user_id, equity, cash)
            on conflict (user_id, at) do update set equity = excluded.equity, cash = excluded.cash
            """, at, users, equity, cash);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
