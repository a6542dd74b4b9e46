using System.Data;
using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Portfolio;

/// <summary>Adds up a user's ledger entries.</summary>
internal sealed partial class StatementStore(NpgsqlDataSource database, TimeProvider clock, ILogger<StatementStore> logger)
{
    // Every entry twice where both sides are the user's: what left one account, and what came to the other.
    private const string Changes = """
        select debit_kind as kind, asset, -amount as amount, booked_at from ledger_entries where debit_owner = $1
        union all
        select credit_kind, asset, amount, booked_at from ledger_entries where debit_owner = $1 and credit_owner = $1
        union all
        select credit_kind, asset, amount, booked_at from ledger_entries where credit_owner = $1 and credit_owner <> debit_owner
        """;

    private const string Entries = """
        select * from ledger_entries where debit_owner = $1 and booked_at >= $2 and booked_at < $3
        union all
        select * from ledger_entries where credit_owner = $1 and credit_owner <> debit_owner and booked_at >= $2 and booked_at < $3
        """;

    public async Task<AccountStatement> ReadAsync(Guid userId, StatementQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        // One snapshot, so that entries and kept balances are of the same moment.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var opened = connection.Command("select opened_at from accounts where user_id = $1", userId);
        var from = query.From?.ToUniversalTime() ?? new DateTimeOffset((DateTime)(await opened.ExecuteScalarAsync(cancellationToken))!, TimeSpan.Zero);

        // What is booked at this very moment belongs to it.
        var to = query.To?.ToUniversalTime() ?? clock.Now().AddMicroseconds(1);
        var balances = await connection.Command($"""
            select kind, asset, coalesce(opening, 0), coalesce(closing, 0), coalesce(derived, 0), coalesce(balance, 0)
            from (select kind, asset,
                         coalesce(sum(amount) filter (where booked_at < $2), 0) as opening,
                         coalesce(sum(amount) filter (where booked_at < $3), 0) as closing,
                         sum(amount) as derived
                  from ({Changes}) as changes
                  group by kind, asset) as e
            full join (select kind, asset, balance from ledger_accounts where owner_id = $1) as l using (kind, asset)
            order by asset <> 'USD', asset, kind
            """, userId, from, to).ListAsync(ReadBalance, cancellationToken);
        var totals = await connection.Command($"""
            select reason, asset, count(*)::int,
                   coalesce(sum(amount) filter (where debit_owner <> $1), 0),
                   coalesce(sum(amount) filter (where credit_owner <> $1), 0),
                   coalesce(sum(amount) filter (where debit_owner = credit_owner), 0)
            from ({Entries}) as entries
            group by reason, asset
            order by reason, asset <> 'USD', asset
            """, userId, from, to).ListAsync(
            rows => new StatementTotal(
                rows.GetString(0), rows.GetString(1), rows.GetInt32(2), rows.GetDecimal(3), rows.GetDecimal(4), rows.GetDecimal(5)),
            cancellationToken);
        await using var trades = connection.Command(
            $"select count(distinct (order_id, execution_id))::int from ({Entries}) as entries where reason = 'trade'", userId, from, to);
        return Compose(userId, from, to, balances, totals, (int)(await trades.ExecuteScalarAsync(cancellationToken))!);
    }

    private AccountStatement Compose(
        Guid userId, DateTimeOffset from, DateTimeOffset to, List<Balance> balances, List<StatementTotal> totals, int trades)
    {
        BalanceDifference[] wrong =
        [
            .. balances.Where(balance => balance.Kept != balance.Derived)
                .Select(balance => new BalanceDifference(balance.Kind, balance.Asset, balance.Kept, balance.Derived)),
        ];
        foreach (var difference in wrong)
        {
            LogWrong(userId, difference.Kind, difference.Asset, difference.Kept, difference.Derived);
        }

        return new AccountStatement(
            from,
            to,
            [
                .. balances.Where(balance => balance.Opening != 0 || balance.Closing != 0)
                    .Select(balance => new StatementBalance(balance.Kind, balance.Asset, balance.Opening, balance.Closing)),
            ],
            totals,
            totals.Where(total => total is { Reason: PostingReason.Deposit, Asset: "USD" }).Sum(total => total.Received),
            trades,
            [
                .. balances.Where(balance => balance.Kind == LedgerKind.Fees && balance.Change != 0)
                    .Select(balance => new StatementFee(balance.Asset, balance.Change)),
            ],
            ChangeOf(LedgerKind.RealisedPnl),
            ChangeOf(LedgerKind.Dividends),
            new StatementCheck(wrong.Length == 0, wrong));

        decimal ChangeOf(string kind) => balances.Where(balance => balance.Kind == kind && balance.Asset == "USD").Sum(balance => balance.Change);
    }

    private static Balance ReadBalance(NpgsqlDataReader rows) => new(
        rows.GetString(0), rows.GetString(1), rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(4), rows.GetDecimal(5));

    private sealed record Balance(string Kind, string Asset, decimal Opening, decimal Closing, decimal Derived, decimal Kept)
    {
        public decimal Change => Closing - Opening;
    }

    [LoggerMessage(LogLevel.Error, "The books of user {UserId} are wrong: {Kind} in {Asset} is kept as {Kept}, its entries sum to {Derived}")]
    private partial void LogWrong(Guid userId, string kind, string asset, decimal kept, decimal derived);
}
