using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StratForge.Gateway.Alerts;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>What a user's own program gets of alerts.</summary>
public sealed class WebhookTests(AlertHouse house) : IClassFixture<AlertHouse>
{
    private RunningGateway Gateway => house.Gateway;

    [Fact]
    public async Task A_post_is_signed_over_its_time_and_body_and_repeated_unchanged_until_it_is_taken()
    {
        var user = await Gateway.NewUserAsync();
        var (webhook, secret) = await house.WebhookAsync(user);
        var alert = await NewAlertAsync(user, webhook);
        house.Receiver.Answer(HttpStatusCode.InternalServerError);

        var firing = await user.PostForAsync($"/api/alerts/{alert}/test");
        var (refused, taken) = (await house.Receiver.NextAsync(), await house.Receiver.NextAsync());
        var delivery = await EndedAsync(user, "delivered");

        Assert.All([refused, taken], post => Assert.Equal(SignatureOf(post, secret), post.Headers["StratForge-Signature"]));
        Assert.Equal(refused.Body, taken.Body);
        Assert.Equal(refused.Headers["StratForge-Delivery"], taken.Headers["StratForge-Delivery"]);
        Assert.Equal(delivery.GetProperty("id").GetString(), taken.Headers["StratForge-Delivery"]);
        Assert.Equal(2, delivery.GetProperty("attempts").GetInt32());
        var said = JsonElement.Parse(taken.Body);
        Assert.Equal(firing.GetProperty("id").GetGuid(), said.GetProperty("id").GetGuid());
        Assert.Equal("alert.fired", said.GetProperty("type").GetString());
        Assert.True(said.GetProperty("alert").GetProperty("isTest").GetBoolean());
        Assert.Equal("Up", said.GetProperty("alert").GetProperty("name").GetString());
    }

    [Fact]
    public async Task What_nobody_takes_becomes_a_dead_letter_that_can_be_sent_again_and_redirects_lead_nowhere()
    {
        var user = await Gateway.NewUserAsync();
        var (webhook, _) = await house.WebhookAsync(user);
        var alert = await NewAlertAsync(user, webhook);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            house.Receiver.Answers.Enqueue(context =>
            {
                context.Response.StatusCode = (int)HttpStatusCode.Redirect;
                context.Response.Headers.Location = $"{house.Receiver.Url}/elsewhere";
                return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"Go on \0{new string('x', 100_000)}")).AsTask();
            });
        }

        await user.PostForAsync($"/api/alerts/{alert}/test");
        var dead = await EndedAsync(user, "dead");
        Posted[] posts = [await house.Receiver.NextAsync(), await house.Receiver.NextAsync(), await house.Receiver.NextAsync()];
        var again = await user.PostForAsync($"/api/alerts/deliveries/{dead.GetProperty("id").GetGuid()}/retry");
        var taken = await house.Receiver.NextAsync();
        var delivered = await EndedAsync(user, "delivered");

        Assert.Equal(3, dead.GetProperty("attempts").GetInt32());
        Assert.Equal(302, dead.GetProperty("lastStatus").GetInt32());
        Assert.Equal("The receiver answered 302.", dead.GetProperty("lastError").GetString());
        Assert.InRange(dead.GetProperty("lastAnswer").GetString()!.Length, 100, 200);
        Assert.All(posts, post => Assert.Equal(taken.Body, post.Body));
        Assert.Equal("waiting", again.GetProperty("status").GetString());
        Assert.Equal(1, delivered.GetProperty("attempts").GetInt32());
        var refused = await user.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, $"/api/alerts/deliveries/{dead.GetProperty("id").GetGuid()}/retry");
        Assert.Equal("delivery-not-dead", refused.GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_a_gateway_was_sending_when_it_was_killed_is_sent_again_by_another()
    {
        var user = await Gateway.NewUserAsync();
        var (webhook, _) = await house.WebhookAsync(user);
        await user.PostForAsync($"/api/alerts/{await NewAlertAsync(user, webhook)}/test");
        var first = await house.Receiver.NextAsync();
        await EndedAsync(user, "delivered");

        // As the killed one leaves it: taken, not ended, and its time over.
        await house.Database.ExecuteAsync("update alert_deliveries set status = 'waiting', ended_at = null, next_at = now() where user_id = $1", user.Id);
        var second = await house.Receiver.NextAsync();

        Assert.Equal(first.Headers["StratForge-Delivery"], second.Headers["StratForge-Delivery"]);
        Assert.Equal(first.Body, second.Body);
    }

    [Fact]
    public async Task The_secret_is_shown_once_stored_encrypted_and_can_be_renewed()
    {
        var user = await Gateway.NewUserAsync();
        var (webhook, secret) = await house.WebhookAsync(user);

        var listed = (await user.GetAsync("/api/alerts/webhooks")).ToString();
        var stored = await house.Database.ValueAsync<byte[]>("select secret from alert_webhooks where id = $1", webhook);
        var renewed = (await user.PostForAsync($"/api/alerts/webhooks/{webhook}/secret")).GetProperty("secret").GetString()!;
        await user.PostForAsync($"/api/alerts/{await NewAlertAsync(user, webhook)}/test");
        var post = await house.Receiver.NextAsync();

        Assert.DoesNotContain("secret", listed, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(secret, Encoding.Latin1.GetString(stored!), StringComparison.Ordinal);
        Assert.NotEqual(secret, renewed);
        Assert.Equal(SignatureOf(post, renewed), post.Headers["StratForge-Signature"]);
    }

    [Fact]
    public async Task A_user_has_ten_webhooks_at_most_and_alerts_forget_one_that_is_deleted()
    {
        var user = await Gateway.NewUserAsync();
        var (webhook, _) = await house.WebhookAsync(user);
        var alert = await NewAlertAsync(user, webhook);
        for (var more = 0; more < 9; more++)
        {
            await house.WebhookAsync(user);
        }

        var full = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/api/alerts/webhooks", new { name = "One more", url = house.Receiver.Url });
        await user.SendAsync(HttpMethod.Delete, $"/api/alerts/webhooks/{webhook}");

        Assert.Equal("too-many-webhooks", full.GetProperty("code").GetString());
        Assert.Equal(9, (await user.GetAsync("/api/alerts/webhooks")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await user.GetAsync($"/api/alerts/{alert}")).GetProperty("webhookIds").GetArrayLength());
    }

    [Theory]
    [InlineData(1, 7.5, 12.5)]
    [InlineData(4, 60, 100)]
    [InlineData(20, 2700, 4500)]
    public void Pauses_double_up_to_an_hour_and_are_spread(int attempt, double least, double most)
    {
        var pauses = Enumerable.Range(0, 256).Select(last => Postman.PauseAfter(
            attempt, new Guid([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)last]), TimeSpan.FromSeconds(10)).TotalSeconds).ToArray();

        Assert.Equal((least, 256), (Math.Round(pauses.Min(), 6), pauses.Distinct().Count()));
        Assert.InRange(pauses.Max(), least, most);
    }

    private static async Task<Guid> NewAlertAsync(Client user, Guid webhook) => (await user.PostForAsync(
        "/api/alerts", new { name = "Up", kind = "price_above", symbol = "SPY", level = 900, webhookIds = new[] { webhook } })).GetProperty("id").GetGuid();

    private static async Task<JsonElement> EndedAsync(Client user, string status) => (await Eventually.BecomesAsync(
        () => user.GetAsync($"/api/alerts/deliveries?status={status}"), page => page.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0];

    // As a receiver does it, by the documentation.
    private static string SignatureOf(Posted post, string secret)
    {
        var timestamp = post.Headers["StratForge-Timestamp"];
        var age = TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture));
        Assert.InRange(age, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret));
        return "v1=" + Convert.ToHexStringLower(hmac.ComputeHash([.. Encoding.UTF8.GetBytes($"{timestamp}."), .. post.Body]));
    }
}
