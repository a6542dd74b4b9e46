using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Keys of users' programs. To everything that asks whether a sign-in lives, a key is one: its id stands for the family.</summary>
internal sealed class ApiKeys(NpgsqlDataSource database, SignIns signIns, TimeProvider clock) : IDisposable
{
    /// <summary>How keys begin, so that people, and programs that look for leaked secrets, know what they see.</summary>
    public const string Prefix = "sf_";

    /// <summary>Keys that count which one user may have.</summary>
    public const int MostPerUser = 20;

    private const int RandomBytes = 32;
    private const int ShownCharacters = 8;

    private const string Columns = "id, name, prefix, created_at, last_used_at";

    private static readonly int s_length = Prefix.Length + Base64Url.GetEncodedLength(RandomBytes);

    // For so long the role of its owner is believed; whether it was revoked is asked of the sign-ins.
    private static readonly TimeSpan ProvenFor = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan UseNotedEvery = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _proven = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public static bool IsOne(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whose key this is; null when nobody's, or revoked.</summary>
    public async ValueTask<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (_proven.TryGetValue(key, out Caller? known))
        {
            return known;
        }

        return key.Length == s_length && await ProveAsync(key, cancellationToken) is { } caller
            ? _proven.Set(key, caller, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = ProvenFor })
            : null;
    }

    /// <summary>The keys of a user that count, newest first.</summary>
    public async Task<List<ApiKey>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"select {Columns} from api_keys where user_id = $1 and revoked_at is null order by created_at desc, id desc", userId);
        return await command.ListAsync(Read, cancellationToken);
    }

    /// <summary>A key of a user that counts; null when he has no such.</summary>
    public async Task<ApiKey?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"select {Columns} from api_keys where id = $2 and user_id = $1 and revoked_at is null", userId, id);
        return await command.FirstAsync(Read, cancellationToken);
    }

    /// <summary>Makes a key.</summary>
    public async Task<NewApiKeyOutcome> AddAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // In turn with what ends sign-ins: a key that was asked for before must not be there after.
        await using var turn = connection.Command("select from users where id = $1 for no key update", caller.UserId);
        await turn.ExecuteNonQueryAsync(cancellationToken);
        if (!await SignIns.IsAliveAsync(connection, caller.FamilyId, clock.Now(), cancellationToken))
        {
            return new NewApiKeyOutcome.SignInOver();
        }

        var now = clock.Now();
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        await using var add = connection.Command(
            $"""
            insert into api_keys (id, user_id, name, prefix, key_hash, created_at)
            select $1, $2, $3, $4, $5, $6
            where (select count(*) from api_keys where user_id = $2 and revoked_at is null) < {MostPerUser}
            returning {Columns}
            """, Guid.CreateVersion7(now), caller.UserId, name, key[..(Prefix.Length + ShownCharacters)], HashOf(key), now);
        if (await add.FirstAsync(Read, cancellationToken) is not { } added)
        {
            return new NewApiKeyOutcome.TooMany();
        }

        await transaction.CommitAsync(cancellationToken);
        return new NewApiKeyOutcome.Added(new ApiKeyWithKey(added, key));
    }

    /// <summary>Makes a key worth nothing from now on (on other gateways, within seconds).</summary>
    /// <returns>Whether the user has such a key.</returns>
    public async Task<bool> RevokeAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update api_keys set revoked_at = $3 where id = $1 and user_id = $2 and revoked_at is null", id, userId, clock.Now());
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        signIns.Forget(id);
        return true;
    }

    public void Dispose() => _proven.Dispose();

    private async Task<Caller?> ProveAsync(string key, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var command = database.Command("""
            with known as (
                select k.id, k.user_id, u.role, k.last_used_at
                from api_keys k join users u on u.id = k.user_id
                where k.key_hash = $1 and k.revoked_at is null),
            noted as (
                update api_keys set last_used_at = $2
                where id = (select id from known where last_used_at is null or last_used_at <= $3))
            select id, user_id, role from known
            """, HashOf(key), now, now - UseNotedEvery);
        return await command.FirstAsync(
            rows => new Caller(rows.GetGuid(1), rows.GetString(2), rows.GetGuid(0)) { ByKey = true }, cancellationToken);
    }

    private static ApiKey Read(NpgsqlDataReader rows) =>
        new(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.At(3), rows.Maybe<DateTimeOffset>(4));

    // The key has 256 random bits: a plain hash of it can't be guessed backwards.
    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
