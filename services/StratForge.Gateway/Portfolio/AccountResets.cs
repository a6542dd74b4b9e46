using Npgsql;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Portfolio;

/// <summary>Lets users begin anew.</summary>
internal sealed class AccountResets(NpgsqlDataSource database, BookKeeper books, LastPrices prices, TimeProvider clock)
{
    private const int MostShown = 20;

    // What assert_no_sessions raises.
    private const string SessionBegan = "SF003";

    /// <summary>Begins an account anew.</summary>
    /// <param name="id">Id of the reset: a repeat gets the first one's answer.</param>
    /// <param name="userId">Whose account.</param>
    /// <param name="reason">Why, if its owner said.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <exception cref="NotLeadingException">The books are kept elsewhere.</exception>
    public async Task<ResetOutcome> ResetAsync(Guid id, Guid userId, string? reason, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is { } before)
        {
            return new ResetOutcome.Done(before);
        }

        if (await ListSessionsAsync(userId, cancellationToken) is { Count: > 0 } running)
        {
            return new ResetOutcome.SessionsRunning(running);
        }

        try
        {
            return await books.AskAsync(
                new ResetAccount(id, userId, UserStore.OpeningDeposit, reason?.Trim() ?? "", prices.MarketTime ?? clock.Now()), cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == SessionBegan)
        {
            return new ResetOutcome.SessionsRunning(await ListSessionsAsync(userId, cancellationToken));
        }
        catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "account_resets" })
        {
            return new ResetOutcome.Done((await FindAsync(id, cancellationToken))!);
        }
    }

    private Task<AccountReset?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("select at, deposit, reason from account_resets where id = $1", id)
            .FirstAsync(rows => new AccountReset(id, rows.At(0), rows.GetDecimal(1), rows.Text(2)), cancellationToken);

    private Task<List<Guid>> ListSessionsAsync(Guid userId, CancellationToken cancellationToken) =>
        database.Command("select id from sessions where user_id = $1 and ended_at is null order by created_at limit $2", userId, MostShown)
            .ListAsync(rows => rows.GetGuid(0), cancellationToken);
}
