using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>The record of what was done to accounts. It is only added to, in the transaction that does it.</summary>
internal sealed class AccountChanges(NpgsqlDataSource database)
{
    public const string Added = "user_added";
    public const string Locked = "user_locked";
    public const string Unlocked = "user_unlocked";
    public const string LinkMade = "password_link_made";
    public const string PasswordSet = "password_set";

    /// <summary>Writes one down.</summary>
    public static void AddTo(NpgsqlBatch batch, DateTimeOffset at, Guid actorId, string action, Guid userId, string? reason = null) =>
        batch.Add(
            "insert into account_changes (at, actor_id, action, user_id, reason) values ($1, $2, $3, $4, $5)", at, actorId, action, userId, reason);

    /// <summary>What was done, newest first; to one account where it is given.</summary>
    public async Task<Page<AccountChange>> ListAsync(Guid? userId, NumberedPageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select c.id, c.at, c.actor_id, a.username, c.action, c.user_id, u.username, c.reason
            from account_changes as c
            join users as a on a.id = c.actor_id
            join users as u on u.id = c.user_id
            where ($1::bigint is null or c.id < $1) and ($2::uuid is null or c.user_id = $2)
            order by c.id desc
            limit $3
            """, page.Cursor?.Number, userId, page.Take + 1);
        var changes = await command.ListAsync(
            rows => new AccountChange(
                rows.GetInt64(0), rows.At(1), rows.GetGuid(2), rows.GetString(3), rows.GetString(4), rows.GetGuid(5), rows.GetString(6), rows.Text(7)),
            cancellationToken);
        return page.Of(changes, change => change.Id);
    }
}
