using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Portfolio;

/// <summary>Begins an account anew, in the books and in what is told of it, in one transaction.</summary>
/// <param name="id">Id of the reset: one id never resets twice.</param>
/// <param name="userId">Whose account.</param>
/// <param name="deposit">USD it begins with.</param>
/// <param name="reason">Why; empty when its owner did not say.</param>
/// <param name="marketAt">Where the market's clock stands.</param>
internal sealed class ResetAccount(Guid id, Guid userId, decimal deposit, string reason, DateTimeOffset marketAt) : BookQuestion<ResetOutcome>
{
    public override IEnumerable<Guid> Users => [userId];

    // Done twice, the second finds the first by its id and fails: then it is known that it was written.
    protected override ResetOutcome Decide(BookWork work)
    {
        if (work.House.FindAccount(userId) is not { } account)
        {
            return new ResetOutcome.Unknown();
        }

        Guid[] open = [.. account.Orders.Where(order => order.IsOpen).Select(order => order.Id)];
        if (open.Length > 0)
        {
            return new ResetOutcome.OrdersOpen(open);
        }

        work.House.Reset(account, deposit);
        work.Besides.Add(new Statement("select assert_no_sessions($1)", userId));
        work.Besides.Add(new Statement("update accounts set reset_at = $2 where user_id = $1", userId, work.Now));
        work.Besides.Add(new Statement(
            "insert into account_resets (id, user_id, at, market_at, deposit, reason) values ($1, $2, $3, $4, $5, nullif($6, ''))",
            id, userId, work.Now, marketAt, deposit, reason));

        // The day's gains and the history of equity count from here.
        work.Besides.Add(new Statement(
            """
            insert into equity_samples (user_id, at, equity, cash, begins)
            values ($1, $2, $3, $3, true)
            on conflict (user_id, at) do update set equity = excluded.equity, cash = excluded.cash, begins = true
            """,
            userId, marketAt, deposit));
        return new ResetOutcome.Done(new AccountReset(id, work.Now, deposit, reason.Length == 0 ? null : reason));
    }
}
