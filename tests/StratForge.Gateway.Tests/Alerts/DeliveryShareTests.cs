using StratForge.Gateway.Alerts;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>Whose posts go first.</summary>
public sealed class DeliveryShareTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task One_user_takes_a_share_of_the_posts_that_are_made_at_once_and_who_waits_longest_goes_first()
    {
        var store = new DeliveryStore(database.DataSource, _clock);
        var (busy, patient, late) = (await NewUserAsync("busy"), await NewUserAsync("patient"), await NewUserAsync("late"));
        for (var i = 0; i < 10; i++)
        {
            await DueAsync(busy, _clock.GetUtcNow().AddMinutes(-60 + i));
        }

        var after = await DueAsync(late, _clock.GetUtcNow().AddMinutes(-1));
        var before = await DueAsync(patient, _clock.GetUtcNow().AddMinutes(-2));

        var first = await store.ClaimAsync(5, [], TimeSpan.FromSeconds(25), CancellationToken.None);
        var second = await store.ClaimAsync(32, [.. first.Select(delivery => delivery.WebhookId)], TimeSpan.FromSeconds(25), CancellationToken.None);

        Assert.Equal(5, first.Count);
        Assert.Contains(before, first.Select(delivery => delivery.WebhookId));
        // The four that the busy user has under way are as many as one may have.
        Assert.Equal([after], second.Select(delivery => delivery.WebhookId));
    }

    private async Task<Guid> NewUserAsync(string name)
    {
        await database.ExecuteAsync(
            "insert into users (id, email, username, password_hash, created_at, updated_at) values (gen_random_uuid(), $1 || '@example.org', $1, '', now(), now())", name);
        return await database.ValueAsync<Guid>("select id from users where username = $1", name);
    }

    // A webhook for which one post waits.
    private async Task<Guid> DueAsync(Guid userId, DateTimeOffset since)
    {
        var webhook = Guid.CreateVersion7(since);
        await database.ExecuteAsync(
            "insert into alert_webhooks (id, user_id, name, url, secret, created_at) values ($1, $2, 'A program', 'https://example.org', '', now())", webhook, userId);
        await database.ExecuteAsync(
            """
            insert into alert_deliveries (id, firing_id, webhook_id, user_id, body, next_at, created_at)
            values (gen_random_uuid(), gen_random_uuid(), $1, $2, '', $3, $3)
            """, webhook, userId, since);
        return webhook;
    }
}
