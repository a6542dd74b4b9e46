using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Risk;

namespace StratForge.Gateway.Users;

/// <summary>What admins do to accounts. Each is written down with what it does, or neither happens.</summary>
internal sealed class UserDesk(
    NpgsqlDataSource database,
    UserStore users,
    UserDirectory directory,
    PasswordLinks links,
    Passwords passwords,
    SignIns signIns,
    RiskStore risk,
    RiskDesk riskDesk,
    TimeProvider clock)
{
    // Also tells the pause of a lock from one that an admin set for another reason, which an unlock leaves alone.
    private const string PauseReason = "The account is locked.";

    /// <summary>Opens an account for somebody, who sets his password with the link.</summary>
    public async Task<UserOutcome> AddAsync(Caller caller, NewUser request, CancellationToken cancellationToken)
    {
        // A password nobody knows, until its owner sets one.
        if (await passwords.HashAsync(Passwords.Draw(), cancellationToken) is not { } hash)
        {
            return new UserOutcome.Busy();
        }

        PasswordLink? link = null;
        var added = await users.AddAsync(
            IdentityDesk.Normalise(request.Email!), request.Username!, hash, Caller.User, cancellationToken, (batch, user) =>
            {
                link = links.AddTo(batch, user.Id);
                AccountChanges.AddTo(batch, clock.Now(), caller.UserId, AccountChanges.Added, user.Id);
            });
        return added switch
        {
            NewUserOutcome.Added({ Id: var id }) =>
                new UserOutcome.Added(new UserWithLink((await directory.FindAsync(id, cancellationToken))!, link!)),
            NewUserOutcome.UsernameTaken => new UserOutcome.UsernameTaken(),
            _ => new UserOutcome.EmailTaken(),
        };
    }

    /// <summary>Makes a link by which a user sets a new password, in place of the last one.</summary>
    public async Task<UserOutcome> MakeLinkAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        switch (await TakeAsync(connection, id, cancellationToken))
        {
            case null:
                return new UserOutcome.Unknown();
            case { Role: Caller.Admin }:
                return new UserOutcome.AdminsPassword();
            case { IsLocked: true }:
                return new UserOutcome.Locked();
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        var link = links.AddTo(batch, id);
        AccountChanges.AddTo(batch, clock.Now(), caller.UserId, AccountChanges.LinkMade, id);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new UserOutcome.LinkMade(link);
    }

    /// <summary>Locks an account: nobody gets in, whoever was in is out, and nothing new is traded for it. Its sessions run on, and its orders stay.</summary>
    public async Task<UserOutcome> LockAsync(Caller caller, Guid id, string? reason, CancellationToken cancellationToken)
    {
        if (id == caller.UserId)
        {
            return new UserOutcome.OwnAccount();
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // One after the other: of two admins who lock each other one remains.
        await RiskStore.TakeTurnAsync(connection, cancellationToken);
        if (await TakeAsync(connection, id, cancellationToken) is not { } user)
        {
            return new UserOutcome.Unknown();
        }

        if (user.Role == Caller.Admin && !await HasOtherAdminAsync(connection, id, cancellationToken))
        {
            return new UserOutcome.LastAdmin();
        }

        if (!user.IsLocked || user.LockReason != reason)
        {
            var now = clock.Now();
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.Add("update users set locked_at = coalesce(locked_at, $2), lock_reason = $3, updated_at = $2 where id = $1", id, now, reason);
            AccountChanges.AddTo(batch, now, caller.UserId, AccountChanges.Locked, id, reason);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            var ended = await UserStore.EndSignInsAsync(connection, [id], now, cancellationToken);
            var change = await risk.PauseAsync(connection, id, PauseReason, caller.UserId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            signIns.Forget(ended);
            await riskDesk.TellAsync(change, cancellationToken);
        }

        return new UserOutcome.Done((await directory.FindAsync(id, cancellationToken))!);
    }

    /// <summary>Lets a user in again, and has the house's switch over him stand as it did before the lock.</summary>
    public async Task<UserOutcome> UnlockAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RiskStore.TakeTurnAsync(connection, cancellationToken);
        if (await TakeAsync(connection, id, cancellationToken) is not { } user)
        {
            return new UserOutcome.Unknown();
        }

        if (user.IsLocked)
        {
            var now = clock.Now();
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.Add("update users set locked_at = null, lock_reason = null, updated_at = $2 where id = $1", id, now);
            AccountChanges.AddTo(batch, now, caller.UserId, AccountChanges.Unlocked, id);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            var change = await risk.ResumeAsync(connection, id, PauseReason, caller.UserId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            await riskDesk.TellAsync(change, cancellationToken);
        }

        return new UserOutcome.Done((await directory.FindAsync(id, cancellationToken))!);
    }

    private static async Task<TakenUser?> TakeAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var take = connection.Command(
            "select role, locked_at is not null, lock_reason from users where id = $1 for no key update", id);
        return await take.FirstAsync(rows => new TakenUser(rows.GetString(0), rows.GetBoolean(1), rows.Text(2)), cancellationToken);
    }

    private static async Task<bool> HasOtherAdminAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "select exists (select from users where role = $2 and locked_at is null and id <> $1)", id, Caller.Admin);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private sealed record TakenUser(string Role, bool IsLocked, string? LockReason);
}
