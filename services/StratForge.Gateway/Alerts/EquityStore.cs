using System.Data;
using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Portfolio;

namespace StratForge.Gateway.Alerts;

/// <summary>What alerts about an account or a session are measured against, as booked at one moment.</summary>
/// <param name="Base">Cash of an account, USD; zero for a session.</param>
/// <param name="Holdings">What it holds, with what was realised.</param>
/// <param name="Opening">Equity of an account when the market's day began, USD; null while there is no sample of the day. Zero for a session.</param>
/// <param name="Era">Changes when an account begins anew: what came before counts no more.</param>
internal sealed record BookedEquity(decimal Base, List<Holding> Holdings, decimal? Opening, DateTimeOffset? Era);

/// <summary>Reads what accounts and sessions are worth.</summary>
internal sealed class EquityStore(NpgsqlDataSource database)
{
    /// <summary>Accounts, by their users.</summary>
    /// <param name="userIds">Which.</param>
    /// <param name="dayBegan">When the market's day began.</param>
    /// <param name="marketTime">The market's time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Dictionary<Guid, BookedEquity>> ReadAccountsAsync(
        Guid[] userIds, DateTimeOffset dayBegan, DateTimeOffset marketTime, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var accounts = (await connection.Command(
            """
            select wanted.id, cash.balance, opening.equity, reset.market_at
            from unnest($1) as wanted (id)
            join lateral (
                select sum(balance) as balance
                from ledger_accounts
                where owner_id = wanted.id and kind in ('cash', 'cash_reserved', 'margin') and asset = 'USD') as cash on cash.balance is not null
            left join lateral (
                select market_at from account_resets where user_id = wanted.id and market_at <= $3 order by at desc limit 1) as reset on true
            left join lateral (
                select equity
                from equity_samples
                where user_id = wanted.id and at >= greatest($2, reset.market_at) and at <= $3
                order by at
                limit 1) as opening on true
            """, userIds, dayBegan, marketTime).ListAsync(
            rows => (Id: rows.GetGuid(0), Equity: new BookedEquity(rows.GetDecimal(1), [], rows.Maybe<decimal>(2), rows.Maybe<DateTimeOffset>(3))),
            cancellationToken)).ToDictionary(account => account.Id, account => account.Equity);
        foreach (var (userId, holding) in await connection.Command(
            "select user_id, symbol, quantity, average_price, realised_pnl from positions where user_id = any ($1) and quantity <> 0", [userIds])
            .ListAsync(ReadHolding, cancellationToken))
        {
            accounts.GetValueOrDefault(userId)?.Holdings.Add(holding);
        }

        return accounts;
    }

    /// <summary>Sessions, by their ids; those that never held anything are missing.</summary>
    public async Task<Dictionary<Guid, BookedEquity>> ReadSessionsAsync(Guid[] sessionIds, CancellationToken cancellationToken) =>
        (await database.Command(
            "select session_id, symbol, quantity, average_price, realised_pnl from positions where session_id = any ($1)", [sessionIds])
            .ListAsync(ReadHolding, cancellationToken))
        .GroupBy(row => row.Id)
        .ToDictionary(session => session.Key, session => new BookedEquity(0, [.. session.Select(row => row.Holding)], 0, null));

    /// <summary>Highest equity of an account among its samples since it began anew; null when there is none.</summary>
    public async Task<decimal?> ReadAccountPeakAsync(Guid userId, DateTimeOffset? since, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select max(equity) from equity_samples where user_id = $1 and at >= coalesce($2::timestamptz, '-infinity') and at <= $3", userId, since, until);
        return await command.ExecuteScalarAsync(cancellationToken) as decimal?;
    }

    /// <summary>Highest gain of a session among its samples; null when there is none.</summary>
    public async Task<decimal?> ReadSessionPeakAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select max(pnl) from session_samples where session_id = $1", sessionId);
        return await command.ExecuteScalarAsync(cancellationToken) as decimal?;
    }

    private static (Guid Id, Holding Holding) ReadHolding(NpgsqlDataReader rows) =>
        (rows.GetGuid(0), new Holding(
            rows.GetString(1), SessionId: null, StrategyName: null, rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(4), Reserved: 0));
}
