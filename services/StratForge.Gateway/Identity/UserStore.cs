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

    /// <summary>Stores the user, opens the account and books the opening deposit: all of it or nothing.</summary>
    public async Task<NewUserOutcome> AddAsync(
        string email, string username, string passwordHash, string role, CancellationToken cancellationToken)
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
            "select id, email, username, role, password_hash from users where email = $1", email);
        return await command.FirstAsync(rows => new Credentials(Read(rows), rows.GetString(4)), cancellationToken);
    }

    public async Task<Credentials?> FindCredentialsAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select id, email, username, role, password_hash from users where id = $1", id);
        return await command.FirstAsync(rows => new Credentials(Read(rows), rows.GetString(4)), cancellationToken);
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

    /// <summary>Stores the new hash and ends every sign-in of the user.</summary>
    public async Task ChangePasswordAsync(Guid id, string passwordHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var now = clock.Now();
        batch.Add("update users set password_hash = $2, updated_at = $3 where id = $1", id, passwordHash, now);
        batch.Add("update refresh_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null", id, now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Makes the user with this address an admin, if there is one.</summary>
    public async Task PromoteAsync(string email, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update users set role = 'admin', updated_at = $2 where email = $1 and role <> 'admin'", email, clock.Now());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static User Read(NpgsqlDataReader rows) =>
        new(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3));
}

/// <summary>A user with what proves that it is them.</summary>
internal sealed record Credentials(User User, string PasswordHash);

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
