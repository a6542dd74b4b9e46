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

    /// <summary>The first of its key, or the next after one that was not answered: carry it out.</summary>
    /// <param name="SubjectId">Id of what it creates, the same at every attempt.</param>
    public sealed record Mine(Guid SubjectId) : KeyClaim;

    /// <summary>Carried out before.</summary>
    public sealed record Answered(StoredAnswer Answer) : KeyClaim;

    /// <summary>The key stands for another request.</summary>
    public sealed record OtherRequest : KeyClaim;

    /// <summary>Being carried out.</summary>
    public sealed record InProgress : KeyClaim;
}

/// <summary>An answer as it was given, and is given again.</summary>
internal sealed record StoredAnswer(int Status, string? ContentType, string? ETag, string? Location, byte[] Body);

/// <summary>Answers kept per key, for a day.</summary>
internal sealed class StoredAnswers(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromHours(24);

    // A request that has not answered by now died with its process; the next of its key takes over.
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    private long _cleanedAt;

    /// <summary>Claims a key. One whose request failed goes to the next that asks; one whose request died with its process too: after a minute, or,
    /// where only the gateway that keeps the books could have been at it, as soon as another one keeps them.</summary>
    public async Task<KeyClaim> ClaimAsync(KeyedRequest request, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await CleanAsync(now, cancellationToken);
        await using var command = database.Command("""
            insert into idempotency_keys as k (user_id, key, route, request_hash, created_at, claimed_at, subject_id)
            values ($1, $2, $3, $4, $5, $5, $6)
            on conflict (user_id, key, route) do update
            set created_at = case when k.created_at < $7 then excluded.created_at else k.created_at end,
                subject_id = case when k.created_at < $7 then excluded.subject_id else k.subject_id end,
                claimed_at = excluded.claimed_at, request_hash = excluded.request_hash,
                status = null, content_type = null, etag = null, location = null, body = null
            where k.created_at < $7
               or (k.status is null and k.request_hash = excluded.request_hash
                   and (k.claimed_at is null or k.claimed_at < $8 or ($9 and k.claimed_at < (select since from trading_leader))))
            returning subject_id
            """,
            request.UserId, request.Key, request.Route, request.Hash, now, Guid.CreateVersion7(now), now - KeepFor, now - GivenUpAfter,
            request.NeedsBooks);
        if (await command.ExecuteScalarAsync(cancellationToken) is Guid subjectId)
        {
            return new KeyClaim.Mine(subjectId);
        }

        await using var stored = database.Command(
            "select request_hash, status, content_type, etag, location, body from idempotency_keys where user_id = $1 and key = $2 and route = $3",
            request.UserId, request.Key, request.Route);
        return await stored.FirstAsync<KeyClaim>(
            rows => !rows.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(request.Hash) ? new KeyClaim.OtherRequest()
                : rows.Maybe<int>(1) is { } status
                    ? new KeyClaim.Answered(new StoredAnswer(status, rows.Text(2), rows.Text(3), rows.Text(4), rows.GetFieldValue<byte[]>(5)))
                : new KeyClaim.InProgress(),
            cancellationToken) ?? new KeyClaim.InProgress();
    }

    public async Task KeepAsync(KeyedRequest request, StoredAnswer answer, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update idempotency_keys set status = $4, content_type = $5, etag = $6, location = $7, body = $8
            where user_id = $1 and key = $2 and route = $3
            """, request.UserId, request.Key, request.Route, answer.Status, answer.ContentType, answer.ETag, answer.Location, answer.Body);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Leaves a key to the next that asks, with the id of what it creates.</summary>
    public async Task ReleaseAsync(KeyedRequest request, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update idempotency_keys set claimed_at = null where user_id = $1 and key = $2 and route = $3 and status is null",
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
