using System.Security.Cryptography;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Accounts of people, and what opening one books.</summary>
internal sealed class UserStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Virtual cash that a new account begins with, USD.</summary>
    public const decimal OpeningDeposit = 100_000m;

    private const string EmailTaken = "users_email_key";
    private const string UsernameTaken = "users_username_key";

    /// <summary>Adds somebody under a name that is taken by nobody: the one wished for, or one that begins with it.</summary>
    public async Task<NewUserOutcome> AddUnderFreeNameAsync(
        string email, string username, string passwordHash, string role, CancellationToken cancellationToken) =>
        await AddAsync(email, username, passwordHash, role, cancellationToken) is var outcome and not NewUserOutcome.UsernameTaken
            ? outcome
            : await AddAsync(
                email, $"{username}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}", passwordHash, role, cancellationToken);

    /// <summary>Stores the user, opens the account and books the opening deposit: all of it or nothing.</summary>
    /// <param name="email">In lower case.</param>
    /// <param name="username">As they are called.</param>
    /// <param name="passwordHash">Of their password.</param>
    /// <param name="role"><c>user</c> or <c>admin</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="with">Adds what has to be stored with the user.</param>
    public async Task<NewUserOutcome> AddAsync(
        string email, string username, string passwordHash, string role, CancellationToken cancellationToken, Action<NpgsqlBatch, User>? with = null)
    {
        var now = clock.Now();
        var user = new User(Guid.CreateVersion7(now), email, username, role);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.Add("""
                insert into users (id, email, username, password_hash, role, created_at, updated_at)
                values ($1, $2, $3, $4, $5, $6, $6)
                """, user.Id, email, username, passwordHash, role, now);
            batch.Add("select open_account($1, $2, $3)", user.Id, OpeningDeposit, now);
            with?.Invoke(batch, user);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new NewUserOutcome.Added(user);
        }
        catch (PostgresException exception) when (exception.ConstraintName is EmailTaken)
        {
            return new NewUserOutcome.EmailTaken();
        }
        catch (PostgresException exception) when (exception.ConstraintName is UsernameTaken)
        {
            return new NewUserOutcome.UsernameTaken();
        }
    }

    public async Task<User?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select id, email, username, role from users where id = $1", id);
        return await command.FirstAsync(Read, cancellationToken);
    }

    public async Task<Credentials?> FindByEmailAsync(string email, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select id, email, username, role, password_hash, locked_at is not null from users where email = $1", email);
        return await command.FirstAsync(ReadCredentials, cancellationToken);
    }

    public async Task<Credentials?> FindCredentialsAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select id, email, username, role, password_hash, locked_at is not null from users where id = $1", id);
        return await command.FirstAsync(ReadCredentials, cancellationToken);
    }

    /// <summary>Renames the user; null when someone else bears that name.</summary>
    public async Task<User?> RenameAsync(Guid id, string username, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update users set username = $2, updated_at = $3 where id = $1
            returning id, email, username, role
            """, id, username, clock.Now());
        try
        {
            return await command.FirstAsync(Read, cancellationToken);
        }
        catch (PostgresException exception) when (exception.ConstraintName is UsernameTaken)
        {
            return null;
        }
    }

    /// <summary>Stores a new hash in place of the one that the old password was checked against, and ends every sign-in of the user, API keys among them.</summary>
    /// <returns>What was ended; null when another has taken its place since: then nothing was changed.</returns>
    public async Task<IReadOnlyList<Guid>?> ChangePasswordAsync(Guid id, string checkedHash, string newHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = clock.Now();
        await using var change = connection.Command(
            "update users set password_hash = $3, updated_at = $4 where id = $1 and password_hash = $2", id, checkedHash, newHash, now);
        if (await change.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return null;
        }

        var ended = await EndSignInsAsync(connection, [id], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }

    /// <summary>Makes the account of an address an admin's who can get in, with a new password: whoever was signed in to it is not any more.</summary>
    /// <returns>Whether there was such an account, and not an admin's, or locked.</returns>
    public async Task<bool> HandOverAsync(string email, string passwordHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = clock.Now();
        await using var promote = connection.Command("""
            update users set role = 'admin', password_hash = $2, updated_at = $3, locked_at = null, lock_reason = null
            where email = $1 and (role <> 'admin' or locked_at is not null)
            returning id
            """, email, passwordHash, now);
        if (await promote.ExecuteScalarAsync(cancellationToken) is not Guid id)
        {
            return false;
        }

        await EndSignInsAsync(connection, [id], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Makes users of all admins but the one with this address, and ends their sign-ins: the role stands in what they hold.</summary>
    public async Task DemoteOthersAsync(string? email, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = clock.Now();
        await using var demote = connection.Command(
            "update users set role = 'user', updated_at = $2 where role = 'admin' and email is distinct from $1::text returning id", email, now);
        await EndSignInsAsync(connection, [.. await demote.ListAsync(rows => rows.GetGuid(0), cancellationToken)], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>A user from <c>id, email, username, role</c>.</summary>
    public static User Read(NpgsqlDataReader rows) =>
        new(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3));

    /// <summary>Ends all that users get in by, API keys and links to a new password among them.</summary>
    /// <remarks>In a transaction that has changed the users' rows, so that what others were about to add is seen (SignIns says why).</remarks>
    /// <returns>The sign-ins and keys, for <see cref="SignIns.Forget(IEnumerable{Guid})"/> after the commit.</returns>
    public static async Task<IReadOnlyList<Guid>> EndSignInsAsync(
        NpgsqlConnection connection, Guid[] userIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            """
            with links as (delete from password_links where user_id = any ($1)),
            families as (
                update refresh_tokens set revoked_at = $2 where user_id = any ($1) and used_at is null and revoked_at is null returning family_id),
            keys as (update api_keys set revoked_at = $2 where user_id = any ($1) and revoked_at is null returning id)
            select family_id from families union all select id from keys
            """, userIds, now);
        return await command.ListAsync(rows => rows.GetGuid(0), cancellationToken);
    }

    private static Credentials ReadCredentials(NpgsqlDataReader rows) => new(Read(rows), rows.GetString(4), rows.GetBoolean(5));
}

/// <summary>A user with what proves that it is them.</summary>
internal sealed record Credentials(User User, string PasswordHash, bool IsLocked);

/// <summary>What became of a registration.</summary>
internal abstract record NewUserOutcome
{
    private NewUserOutcome()
    {
    }

    public sealed record Added(User User) : NewUserOutcome;

    public sealed record EmailTaken : NewUserOutcome;

    public sealed record UsernameTaken : NewUserOutcome;
}
