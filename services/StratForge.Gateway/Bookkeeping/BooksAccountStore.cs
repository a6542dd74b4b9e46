using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Keeps whose books these are.</summary>
internal sealed class BooksAccountStore(NpgsqlDataSource database)
{
    /// <summary>The account of the books, and how many there have been; null for books that have none yet.</summary>
    public async Task<(int Seq, AccountOfBooks Account)?> FindAsync(CancellationToken cancellationToken)
    {
        var newest = await database.Command("select seq, account_id, account_number, is_simulated from books_accounts order by seq desc limit 1")
            .ListAsync(rows => (rows.GetInt32(0), new AccountOfBooks(rows.GetGuid(1), rows.GetString(2), rows.GetBoolean(3))), cancellationToken);
        return newest is [var found] ? found : null;
    }

    /// <summary>Makes the books an account's; false when somebody else made them one's meanwhile.</summary>
    public async Task<bool> TryAddAsync(int seq, AccountOfBooks account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            insert into books_accounts (seq, account_id, account_number, is_simulated, since)
            values ($1, $2, $3, $4, $5)
            on conflict do nothing
            """,
            seq, account.Id, account.Number, account.IsSimulated, now);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>The newest broker orders that the venue has confirmed.</summary>
    public Task<List<Guid>> ListConfirmedAsync(int atMost, CancellationToken cancellationToken) =>
        database.Command("select id from broker_orders where venue_order_id is not null order by id desc limit $1", atMost)
            .ListAsync(rows => rows.GetGuid(0), cancellationToken);
}
