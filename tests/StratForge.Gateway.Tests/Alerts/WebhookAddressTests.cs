using System.Net;
using StratForge.Gateway.Alerts;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>Where a gateway as it is installed posts to, and where it does not.</summary>
[Collection(OneGateway.Name)]
public sealed class WebhookAddressTests(GatewayFixture fixture)
{
    private RunningGateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("198.19.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    public void An_address_inside_is_not_public(string address) => Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    public void An_address_of_the_internet_is_public(string address) => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://[::1]:8080/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://localhost/")]
    [InlineData("http://metadata.LOCALHOST./")]
    [InlineData("ftp://example.org/")]
    [InlineData("https://user:password@example.org/")]
    [InlineData("/relative")]
    [InlineData("file:///etc/passwd")]
    public async Task A_webhook_that_leads_inside_is_refused_when_it_is_made(string url)
    {
        var user = await Gateway.NewUserAsync();

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/alerts/webhooks", new { name = "Inside", url });

        Assert.True(problem.GetProperty("errors").TryGetProperty("url", out _), problem.ToString());
    }

    [Fact]
    public async Task A_name_that_leads_inside_is_found_out_when_it_is_resolved_and_nothing_is_sent()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var user = await Gateway.NewUserAsync();
        var made = await user.PostForAsync("/api/alerts/webhooks", new { name = "Inside", url = "https://nowhere.invalid/" });
        var webhook = made.GetProperty("webhook").GetProperty("id").GetGuid();
        // As a name does that resolves to something else by now.
        await fixture.Database.ExecuteAsync(
            "update alert_webhooks set url = $2 where id = $1", webhook, receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        var alert = (await user.PostForAsync("/api/alerts", new { name = "A", kind = "session_failed", webhookIds = new[] { webhook } }))
            .GetProperty("id").GetGuid();

        await user.PostForAsync($"/api/alerts/{alert}/test");
        var dead = (await Eventually.BecomesAsync(
            () => user.GetAsync("/api/alerts/deliveries?status=dead"), page => page.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0];

        Assert.Equal(1, dead.GetProperty("attempts").GetInt32());
        Assert.StartsWith("localhost is not a public address.", dead.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, receiver.Count);
    }
}
