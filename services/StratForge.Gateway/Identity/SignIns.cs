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
internal sealed class SignIns(
    NpgsqlDataSource database, AccessTokens accessTokens, IOptions<JwtOptions> options, TimeProvider clock) : IDisposable
{
    // How long another gateway's logout may go unnoticed here; a query per request would be the alternative.
    private static readonly TimeSpan LivenessKept = TimeSpan.FromSeconds(10);

    private readonly MemoryCache _liveness = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Begins a sign-in.</summary>
    public async Task<SignedIn> BeginAsync(User user, CancellationToken cancellationToken)
    {
        var familyId = Guid.CreateVersion7(clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var refreshToken = await AddTokenAsync(connection, user.Id, familyId, cancellationToken);
        return Issue(user, familyId, refreshToken);
    }

    /// <summary>Trades a refresh token for new tokens.</summary>
    public async Task<RefreshOutcome> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var hash = HashOf(refreshToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        await using var use = connection.Command("""
            update refresh_tokens as token
            set used_at = $2
            from users as owner
            where token.token_hash = $1 and token.used_at is null and token.revoked_at is null and token.expires_at > $2
              and owner.id = token.user_id
            returning owner.id, owner.email, owner.username, owner.role, token.family_id
            """, hash, clock.Now());
        var used = await use.FirstAsync(
            rows => new Used(new User(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3)), rows.GetGuid(4)),
            cancellationToken);
        if (used is not null)
        {
            var next = await AddTokenAsync(connection, used.User.Id, used.FamilyId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new RefreshOutcome.Refreshed(Issue(used.User, used.FamilyId, next));
        }

        await using var reuse = connection.Command(
            "select family_id::text from refresh_tokens where token_hash = $1 and used_at is not null", hash);
        if (await reuse.FirstAsync(rows => rows.GetString(0), cancellationToken) is not { } family)
        {
            return new RefreshOutcome.Unknown();
        }

        await RevokeAsync(connection, Guid.Parse(family), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RefreshOutcome.Reused();
    }

    /// <summary>Ends the sign-in that a refresh token belongs to, if there is one.</summary>
    public async Task EndAsync(string refreshToken, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select family_id::text from refresh_tokens where token_hash = $1", HashOf(refreshToken));
        if (await command.FirstAsync(rows => rows.GetString(0), cancellationToken) is { } family)
        {
            await EndAsync(Guid.Parse(family), cancellationToken);
        }
    }

    /// <summary>Ends a sign-in: its tokens are worth nothing from now on (on other gateways, within seconds).</summary>
    public async Task EndAsync(Guid familyId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await RevokeAsync(connection, familyId, cancellationToken);
    }

    /// <summary>Forgets what is known of a sign-in, after its tokens were revoked elsewhere.</summary>
    public void Forget(Guid familyId) => _liveness.Remove(familyId);

    /// <summary>Whether the tokens of a sign-in were found to count within the last seconds.</summary>
    public bool IsKnownAlive(Guid familyId) => _liveness.TryGetValue(familyId, out bool known) && known;

    /// <summary>Whether the tokens of a sign-in still count.</summary>
    public async ValueTask<bool> IsAliveAsync(Guid familyId, CancellationToken cancellationToken)
    {
        if (_liveness.TryGetValue(familyId, out bool known))
        {
            return known;
        }

        await using var command = database.Command("""
            select exists (
                select from refresh_tokens
                where family_id = $1 and revoked_at is null and used_at is null and expires_at > $2)
            """, familyId, clock.GetUtcNow());
        var alive = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        _liveness.Set(familyId, alive, new MemoryCacheEntryOptions
        {
            Size = 1,
            AbsoluteExpirationRelativeToNow = LivenessKept,
        });
        return alive;
    }

    /// <summary>Those of some sign-ins whose tokens still count.</summary>
    public async Task<HashSet<Guid>> ListAliveAsync(Guid[] families, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select distinct family_id
            from refresh_tokens
            where family_id = any($1) and revoked_at is null and used_at is null and expires_at > $2
            """, families, clock.GetUtcNow());
        return [.. await command.ListAsync(rows => rows.GetGuid(0), cancellationToken)];
    }

    public void Dispose() => _liveness.Dispose();

    private async Task RevokeAsync(NpgsqlConnection connection, Guid familyId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "update refresh_tokens set revoked_at = $2 where family_id = $1 and revoked_at is null", familyId, clock.Now());
        await command.ExecuteNonQueryAsync(cancellationToken);
        _liveness.Remove(familyId);
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

    // The token has 256 random bits: a plain hash of it can't be guessed backwards.
    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed record Used(User User, Guid FamilyId);
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
