using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Deliveries in the database, where every gateway sees them.</summary>
internal sealed class DeliveryStore(NpgsqlDataSource database, TimeProvider clock)
{
    // Of 32 posts that a gateway makes at once: whoever's receivers hang leaves the others most of the room.
    private const int MostOfUser = 4;

    private static readonly string Select = SelectFrom("alert_deliveries");

    /// <summary>Takes deliveries that are due, those that wait longest first, one of each webhook and a few of each user: receivers that do not answer
    /// hold up nobody else's.</summary>
    /// <param name="most">How many.</param>
    /// <param name="busy">Webhooks that this gateway posts to already.</param>
    /// <param name="againAfter">When another may take them, should this gateway say nothing more.</param>
    /// <param name="cancellationToken">Gives up; what was taken is taken again later.</param>
    public async Task<List<ClaimedDelivery>> ClaimAsync(int most, Guid[] busy, TimeSpan againAfter, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var command = database.Command(
            """
            with waiting as (
                select oldest.id,
                       row_number() over (partition by w.user_id order by oldest.next_at)
                       + (select count(*) from alert_webhooks as held where held.user_id = w.user_id and held.id = any ($2)) as place
                from alert_webhooks as w
                cross join lateral (
                    select id, next_at
                    from alert_deliveries
                    where webhook_id = w.id and status = 'waiting' and next_at <= $1
                    order by next_at
                    limit 1) as oldest
                where w.id <> all ($2)),
            due as (
                select d.id
                from waiting
                join alert_deliveries as d on d.id = waiting.id and d.status = 'waiting' and d.next_at <= $1
                where waiting.place <= $5
                order by d.next_at
                limit $3
                for update of d skip locked)
            update alert_deliveries as d
            set attempts = d.attempts + 1, next_at = $4
            from due, alert_webhooks as w
            where d.id = due.id and w.id = d.webhook_id
            returning d.id, d.attempts, d.body, w.id, w.url, w.secret
            """, now, busy, most, now + againAfter, MostOfUser);
        return await command.ListAsync(
            rows => new ClaimedDelivery(
                rows.GetGuid(0), rows.GetInt32(1), rows.GetString(2), rows.GetGuid(3), rows.GetString(4), rows.GetFieldValue<byte[]>(5)),
            cancellationToken);
    }

    /// <summary>Writes what came of an attempt, unless another gateway has begun the next one meanwhile.</summary>
    /// <param name="delivery">The attempt.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="status">Where the delivery stands now.</param>
    /// <param name="nextAt">When the next attempt is due, if there is one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EndAsync(ClaimedDelivery delivery, PostOutcome outcome, string status, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            update alert_deliveries
            set status = $3, next_at = $4, last_status = $5::integer, last_error = $6::text, last_answer = $7::text,
                ended_at = case when $3 <> 'waiting' then $8::timestamptz end
            where id = $1 and attempts = $2 and status = 'waiting'
            """, delivery.Id, delivery.Attempt, status, nextAt, outcome.Status, outcome.Error, outcome.Answer, clock.Now());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<Page<AlertDelivery>> ListAsync(Guid userId, DeliveryFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"""
            {Select}
            where d.user_id = $1 and ($2::text is null or d.status = $2) and ($3::timestamptz is null or (d.created_at, d.id) < ($3, $4))
            order by d.created_at desc, d.id desc
            limit $5
            """, userId, filter.Status, page.Cursor?.At, page.Cursor?.Id ?? Guid.Empty, page.Take + 1);
        return page.Of(await command.ListAsync(Read, cancellationToken), delivery => new Cursor(delivery.CreatedAt, delivery.Id));
    }

    public async Task<AlertDelivery?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"{Select} where d.id = $1 and d.user_id = $2", id, userId);
        return await command.FirstAsync(Read, cancellationToken);
    }

    /// <summary>Has a dead letter sent again, with all attempts anew.</summary>
    /// <returns>It, waiting to be sent; null when there is no such dead letter.</returns>
    public async Task<AlertDelivery?> RetryAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"""
            with retried as (
                update alert_deliveries
                set status = 'waiting', attempts = 0, next_at = $3, ended_at = null
                where id = $1 and user_id = $2 and status = 'dead'
                returning *)
            {SelectFrom("retried")}
            """, id, userId, clock.Now());
        return await command.FirstAsync(Read, cancellationToken);
    }

    private static string SelectFrom(string deliveries) => $"""
        select d.id, d.firing_id, f.name, d.webhook_id, w.name, d.status, d.attempts, case when d.status = 'waiting' then d.next_at end, d.last_status,
               d.last_error, d.last_answer, d.created_at, d.ended_at
        from {deliveries} as d
        join alert_webhooks as w on w.id = d.webhook_id
        left join alert_firings as f on f.id = d.firing_id
        """;

    private static AlertDelivery Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0), rows.GetGuid(1), rows.Text(2), rows.GetGuid(3), rows.GetString(4), rows.GetString(5), rows.GetInt32(6),
        rows.Maybe<DateTimeOffset>(7), rows.Maybe<int>(8), rows.Text(9), rows.Text(10), rows.At(11), rows.Maybe<DateTimeOffset>(12));
}
