using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Codes that admins give out so that somebody sets his own password. A user has one at most, the newest.</summary>
internal sealed class PasswordLinks(NpgsqlDataSource database, TimeProvider clock)
{
    // Long enough to pass it on by whatever way, too short to lie about.
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>Makes one, in place of the user's last.</summary>
    /// <param name="batch">Stores it.</param>
    /// <param name="userId">Whose password it sets.</param>
    /// <returns>What to show once it is stored.</returns>
    public PasswordLink AddTo(NpgsqlBatch batch, Guid userId)
    {
        var now = clock.Now();
        var link = new PasswordLink(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), now + Life);
        batch.Add("""
            insert into password_links (user_id, code_hash, created_at, expires_at)
            values ($1, $2, $3, $4)
            on conflict (user_id) do update set
                code_hash = excluded.code_hash, created_at = excluded.created_at, expires_at = excluded.expires_at
            """, userId, HashOf(link.Code), now, link.ExpiresAt);
        return link;
    }

    /// <summary>Whether a code sets a password.</summary>
    public async Task<bool> CountsAsync(string code, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select exists (select from password_links where code_hash = $1 and expires_at > $2)", HashOf(code), clock.Now());
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Uses a code up: stores the hash of the new password and ends every sign-in of the user, API keys among them.</summary>
    /// <returns>Whose it was, and what was ended; null when it counts no more.</returns>
    public async Task<UsedLink?> UseAsync(string code, string passwordHash, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // The user's row first, as everybody takes it who ends sign-ins; whether the code still counts then is seen by taking it away.
        await using var turn = connection.Command("""
            select id from users
            where id = (select user_id from password_links where code_hash = $1) and locked_at is null
            for no key update
            """, HashOf(code));
        if (await turn.ExecuteScalarAsync(cancellationToken) is not Guid userId)
        {
            return null;
        }

        await using var use = connection.Command("delete from password_links where code_hash = $1 and expires_at > $2", HashOf(code), now);
        if (await use.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return null;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("update users set password_hash = $2, updated_at = $3 where id = $1", userId, passwordHash, now);
        AccountChanges.AddTo(batch, now, userId, AccountChanges.PasswordSet, userId);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        var ended = await UserStore.EndSignInsAsync(connection, [userId], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new UsedLink(userId, ended);
    }

    // The code has 256 random bits: a plain hash of it can't be guessed backwards.
    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}

/// <summary>A code that was used.</summary>
internal sealed record UsedLink(Guid UserId, IReadOnlyList<Guid> Ended);
