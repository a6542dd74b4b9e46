using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Idempotency;

/// <summary>A request under its key.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="Key">The key.</param>
/// <param name="Route">What was asked for.</param>
/// <param name="Hash">Of everything it says.</param>
/// <param name="NeedsBooks">Only the gateway that keeps the books carries it out.</param>
internal sealed record KeyedRequest(Guid UserId, string Key, string Route, byte[] Hash, bool NeedsBooks = false);

/// <summary>What a key's request meets.</summary>
internal abstract record KeyClaim
{
    private KeyClaim()
    {
    }

    /// <summary>The first of its key: carry it out.</summary>
    public sealed record Mine : KeyClaim;

    /// <summary>Carried out before.</summary>
    public sealed record Answered(int Status, string? ContentType, byte[] Body) : KeyClaim;

    /// <summary>The key stands for another request.</summary>
    public sealed record OtherRequest : KeyClaim;

    /// <summary>Being carried out.</summary>
    public sealed record InProgress : KeyClaim;
}

/// <summary>Answers kept per key, for a day.</summary>
internal sealed class StoredAnswers(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromHours(24);

    // A request that has not answered by now died with its process; the next of its key takes over.
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    private long _cleanedAt;

    /// <summary>Claims a key. One whose request died with its process goes to the next that asks: after a minute, or, where only the gateway that
    /// keeps the books could have been at it, as soon as another one keeps them.</summary>
    public async Task<KeyClaim> ClaimAsync(KeyedRequest request, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await CleanAsync(now, cancellationToken);
        await using var command = database.Command("""
            insert into idempotency_keys as k (user_id, key, route, request_hash, created_at)
            values ($1, $2, $3, $4, $5)
            on conflict (user_id, key, route) do update
            set created_at = excluded.created_at, request_hash = excluded.request_hash, status = null, content_type = null, body = null
            where k.created_at < $6
               or (k.status is null and k.request_hash = excluded.request_hash
                   and (k.created_at < $7 or ($8 and k.created_at < (select since from trading_leader))))
            returning 1
            """, request.UserId, request.Key, request.Route, request.Hash, now, now - KeepFor, now - GivenUpAfter, request.NeedsBooks);
        if (await command.ExecuteScalarAsync(cancellationToken) is not null)
        {
            return new KeyClaim.Mine();
        }

        await using var stored = database.Command(
            "select request_hash, status, content_type, body from idempotency_keys where user_id = $1 and key = $2 and route = $3",
            request.UserId, request.Key, request.Route);
        return await stored.FirstAsync<KeyClaim>(
            rows => !rows.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(request.Hash) ? new KeyClaim.OtherRequest()
                : rows.Maybe<int>(1) is { } status ? new KeyClaim.Answered(status, rows.Text(2), rows.GetFieldValue<byte[]>(3))
                : new KeyClaim.InProgress(),
            cancellationToken) ?? new KeyClaim.InProgress();
    }

    public async Task KeepAsync(KeyedRequest request, int status, string? contentType, byte[] body, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update idempotency_keys set status = $4, content_type = $5, body = $6
            where user_id = $1 and key = $2 and route = $3
            """, request.UserId, request.Key, request.Route, status, contentType, body);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task ForgetAsync(KeyedRequest request, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "delete from idempotency_keys where user_id = $1 and key = $2 and route = $3 and status is null",
            request.UserId, request.Key, request.Route);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async ValueTask CleanAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = Interlocked.Read(ref _cleanedAt);
        if (now.UtcTicks - last < CleanEvery.Ticks || Interlocked.CompareExchange(ref _cleanedAt, now.UtcTicks, last) != last)
        {
            return;
        }

        await using var command = database.Command("delete from idempotency_keys where created_at < $1", now - KeepFor);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
