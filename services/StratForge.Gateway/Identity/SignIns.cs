using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Sign-ins: each is a family of refresh tokens of which one is alive at a time. A token used twice was stolen or
/// copied, and nobody can tell which use was the owner's; so its family dies.</summary>
/// <remarks>Whoever begins, goes on with or ends a sign-in first takes the user's row: a statement sees no token that another transaction is about to
/// add, so without taking turns a family could outlive its end.</remarks>
internal sealed class SignIns(
    NpgsqlDataSource database, AccessTokens accessTokens, IOptions<JwtOptions> options, TimeProvider clock) : IDisposable
{
    // How long another gateway's logout may go unnoticed here; a query per request would be the alternative.
    private static readonly TimeSpan LivenessKept = TimeSpan.FromSeconds(10);

    // Shown again after that, a used token is refused like one that never was, and ends nothing. One that is refreshed every quarter of an hour
    // leaves some 700 of them.
    private static readonly TimeSpan SpentKept = TimeSpan.FromDays(7);

    // $1 are families and ids of API keys, $2 is now.
    private const string Alive = """
        select family_id from refresh_tokens
        where family_id = any ($1) and revoked_at is null and used_at is null and expires_at > $2
        union all
        select id from api_keys where id = any ($1) and revoked_at is null
        """;

    private readonly MemoryCache _liveness = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    private Action<Guid>? _ended;
    private long _forgotten;

    /// <summary>Has somebody told of every sign-in that this gateway ends, and every key that it revokes.</summary>
    public void WhenEnded(Action<Guid> tell) => _ended += tell;

    /// <summary>Begins a sign-in of somebody who has shown his password.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="passwordHash">What the password was checked against.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the password has been changed, or the account locked, since it was checked.</returns>
    public async Task<SignedIn?> BeginAsync(Guid userId, string passwordHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var turn = connection.Command(
            """
            select id, email, username, role from users
            where id = $1 and password_hash = $2 and locked_at is null
            for no key update
            """, userId, passwordHash);
        if (await turn.FirstAsync(UserStore.Read, cancellationToken) is not { } user)
        {
            return null;
        }

        var familyId = Guid.CreateVersion7(clock.GetUtcNow());
        var refreshToken = await AddTokenAsync(connection, user.Id, familyId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Issue(user, familyId, refreshToken);
    }

    /// <summary>Trades a refresh token for new tokens.</summary>
    public async Task<RefreshOutcome> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var hash = HashOf(refreshToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        await using var turn = connection.Command("""
            select id, email, username, role from users
            where id = (select user_id from refresh_tokens where token_hash = $1)
            for no key update
            """, hash);
        if (await turn.FirstAsync(UserStore.Read, cancellationToken) is not { } user)
        {
            return new RefreshOutcome.Unknown();
        }

        await using var use = connection.Command("""
            update refresh_tokens set used_at = $2
            where token_hash = $1 and used_at is null and revoked_at is null and expires_at > $2
            returning family_id
            """, hash, clock.Now());
        if (await use.ExecuteScalarAsync(cancellationToken) is Guid familyId)
        {
            var next = await AddTokenAsync(connection, user.Id, familyId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new RefreshOutcome.Refreshed(Issue(user, familyId, next));
        }

        await using var reuse = connection.Command("select family_id from refresh_tokens where token_hash = $1 and used_at is not null", hash);
        if (await reuse.ExecuteScalarAsync(cancellationToken) is not Guid stolen)
        {
            return new RefreshOutcome.Unknown();
        }

        await RevokeAsync(connection, stolen, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Forget(stolen);
        return new RefreshOutcome.Reused();
    }

    /// <summary>Ends the sign-in that a refresh token belongs to, if there is one.</summary>
    public async Task EndAsync(string refreshToken, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select family_id from refresh_tokens where token_hash = $1", HashOf(refreshToken));
        if (await command.ExecuteScalarAsync(cancellationToken) is Guid familyId)
        {
            await EndAsync(familyId, cancellationToken);
        }
    }

    /// <summary>Ends a sign-in: its tokens are worth nothing from now on (on other gateways, within seconds).</summary>
    public async Task EndAsync(Guid familyId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RevokeAsync(connection, familyId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Forget(familyId);
    }

    /// <summary>Ends a sign-in of a user.</summary>
    /// <returns>Whether he has such a sign-in.</returns>
    public async Task<bool> EndAsync(Guid userId, Guid familyId, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select exists (select from refresh_tokens where family_id = $1 and user_id = $2 and used_at is null and revoked_at is null and expires_at > $3)",
            familyId, userId, clock.Now());
        if (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
        {
            return false;
        }

        await EndAsync(familyId, cancellationToken);
        return true;
    }

    /// <summary>The sign-ins of a user that count, newest first.</summary>
    public async Task<Page<SignIn>> ListAsync(Caller caller, PageQuery page, CancellationToken cancellationToken)
    {
        // Ids are in the order of time.
        await using var command = database.Command("""
            select family_id, created_at, expires_at from refresh_tokens
            where user_id = $1 and used_at is null and revoked_at is null and expires_at > $2 and ($3::uuid is null or family_id < $3)
            order by family_id desc
            limit $4
            """, caller.UserId, clock.Now(), page.Cursor?.Id, page.Take + 1);
        var signIns = await command.ListAsync(
            rows => new SignIn(rows.GetGuid(0), BeganAt(rows.GetGuid(0)), rows.At(1), rows.At(2), rows.GetGuid(0) == caller.FamilyId), cancellationToken);
        return page.Of(signIns, signIn => new Cursor(signIn.BeganAt, signIn.Id));
    }

    /// <summary>Deletes what is worth nothing any more: expired tokens and links, and after a week tokens that were used or revoked and revoked keys.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var batch = database.CreateBatch();
        batch.Add("delete from refresh_tokens where expires_at < $1 or used_at < $2 or revoked_at < $2", now, now - SpentKept);
        batch.Add("delete from api_keys where revoked_at < $1", now - SpentKept);
        batch.Add("delete from password_links where expires_at < $1", now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes in that a sign-in was ended, or a key revoked, once that is committed: from now on nobody here takes it for alive.</summary>
    public void Forget(Guid familyId)
    {
        Interlocked.Increment(ref _forgotten);
        _liveness.Remove(familyId);
        _ended?.Invoke(familyId);
    }

    /// <summary>The same of several.</summary>
    public void Forget(IEnumerable<Guid> families)
    {
        foreach (var family in families)
        {
            Forget(family);
        }
    }

    /// <summary>Whether the tokens of a sign-in were found to count within the last seconds.</summary>
    public bool IsKnownAlive(Guid familyId) => _liveness.TryGetValue(familyId, out bool known) && known;

    /// <summary>Whether the tokens of a sign-in, or an API key, still count.</summary>
    public async ValueTask<bool> IsAliveAsync(Guid familyId, CancellationToken cancellationToken)
    {
        if (_liveness.TryGetValue(familyId, out bool known))
        {
            return known;
        }

        var forgotten = Interlocked.Read(ref _forgotten);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var alive = await IsAliveAsync(connection, familyId, clock.Now(), cancellationToken);
        _liveness.Set(familyId, alive, new MemoryCacheEntryOptions
        {
            Size = 1,
            AbsoluteExpirationRelativeToNow = LivenessKept,
        });
        if (Interlocked.Read(ref _forgotten) != forgotten)
        {
            // It may be what ended while the database was asked.
            _liveness.Remove(familyId);
        }

        return alive;
    }

    /// <summary>The same, as the database has it.</summary>
    public static async Task<bool> IsAliveAsync(
        NpgsqlConnection connection, Guid familyId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = connection.Command($"select exists ({Alive})", new[] { familyId }, now);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Those of some sign-ins and API keys that still count.</summary>
    public async Task<HashSet<Guid>> ListAliveAsync(Guid[] families, CancellationToken cancellationToken)
    {
        await using var command = database.Command(Alive, families, clock.Now());
        return [.. await command.ListAsync(rows => rows.GetGuid(0), cancellationToken)];
    }

    public void Dispose() => _liveness.Dispose();

    private async Task RevokeAsync(NpgsqlConnection connection, Guid familyId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("""
            select from users
            where id = (select user_id from refresh_tokens where family_id = $1 and used_at is null and revoked_at is null)
            for no key update
            """, familyId);
        batch.Add("update refresh_tokens set revoked_at = $2 where family_id = $1 and used_at is null and revoked_at is null", familyId, clock.Now());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<string> AddTokenAsync(
        NpgsqlConnection connection, Guid userId, Guid familyId, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.Now();
        await using var command = connection.Command("""
            insert into refresh_tokens (id, user_id, family_id, token_hash, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6)
            """, Guid.CreateVersion7(now), userId, familyId, HashOf(token), now, now + options.Value.RefreshTokenLife);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return token;
    }

    private SignedIn Issue(User user, Guid familyId, string refreshToken)
    {
        var caller = new Caller(user.Id, user.Role, familyId);
        var life = options.Value.AccessTokenLife;
        return new SignedIn(
            new SignInResponse(user, accessTokens.Issue(caller, life), refreshToken, (int)life.TotalSeconds), caller);
    }

    // The first 48 bits of a UUIDv7 are its milliseconds.
    private static DateTimeOffset BeganAt(Guid familyId)
    {
        Span<byte> bytes = stackalloc byte[16];
        familyId.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16);
    }

    // The token has 256 random bits: a plain hash of it can't be guessed backwards.
    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>A fresh sign-in: what the client gets, and who that is.</summary>
internal sealed record SignedIn(SignInResponse Response, Caller Caller);

/// <summary>What became of a refresh token.</summary>
internal abstract record RefreshOutcome
{
    private RefreshOutcome()
    {
    }

    public sealed record Refreshed(SignedIn SignedIn) : RefreshOutcome;

    public sealed record Reused : RefreshOutcome;

    public sealed record Unknown : RefreshOutcome;
}
