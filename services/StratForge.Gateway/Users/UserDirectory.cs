using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Risk;

namespace StratForge.Gateway.Users;

/// <summary>All accounts, for those who run the platform.</summary>
internal sealed class UserDirectory(NpgsqlDataSource database, TimeProvider clock)
{
    // $1 is now.
    private const string Select = """
        select u.id, u.email, u.username, u.role, u.created_at, u.locked_at, u.lock_reason, l.expires_at, s.mode,
               (select count(*)::int from sessions as n where n.user_id = u.id and n.ended_at is null)
        from users as u
        left join password_links as l on l.user_id = u.id and l.expires_at > $1
        left join trading_switches as s on s.scope = 'user' and s.scope_id = u.id and s.keeper = 'house'
        """;

    /// <summary>Accounts, newest first.</summary>
    public async Task<Page<UserAccount>> ListAsync(UserFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"""
            {Select}
            where ($2::timestamptz is null or (u.created_at, u.id) < ($2, $3))
              and ($4::text is null or u.email ilike $4 or u.username ilike $4)
              and ($5::text is null or ($5 = '{UserFilter.Locked}') = (u.locked_at is not null))
            order by u.created_at desc, u.id desc
            limit $6
            """, clock.Now(), page.Cursor?.At, page.Cursor?.Id, filter.Pattern, filter.State, page.Take + 1);
        return page.Of(await command.ListAsync(Read, cancellationToken), user => new Cursor(user.CreatedAt, user.Id));
    }

    /// <summary>One account; null when there is no such.</summary>
    public async Task<UserAccount?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"{Select} where u.id = $2", clock.Now(), id);
        return await command.FirstAsync(Read, cancellationToken);
    }

    private static UserAccount Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3),
        rows.IsDBNull(5) ? UserFilter.Active : UserFilter.Locked,
        rows.At(4), rows.Maybe<DateTimeOffset>(5), rows.Text(6), rows.Maybe<DateTimeOffset>(7),
        TradingModes.Parse(rows.Text(8)) ?? Trading.Risk.TradingMode.Normal, rows.GetInt32(9));
}
