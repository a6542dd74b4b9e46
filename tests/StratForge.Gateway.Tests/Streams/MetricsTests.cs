using System.Globalization;
using System.Net;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Streams;

public sealed class MetricsTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    [Fact]
    public async Task The_page_tells_the_internal_port_and_admins_what_the_streams_do()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, "Streams:PingEvery=00:00:00.2");
        await StreamHouse.ListensAsync(gateway);
        var user = await gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/market");
        await visitor.SubscribeAsync(["quotes"], ["SPY"]);
        await new StreamHouse(database, redis).QuoteAsync("SPY", 5);
        await visitor.NextAsync("market");
        var inside = new Client(gateway.InternalAddress);
        var admin = await gateway.NewAdminAsync(database);

        await Eventually.BecomesAsync(
            () => inside.Http.GetStringAsync("/metrics"),
            // Other gateways of this process count on the same page.
            page => ValueOf(page, "stratforge_streams_bus_messages_total") >= 1 && ValueOf(page, "stratforge_streams_sent_total") >= 1);

        var page = await admin.Http.GetStringAsync("/metrics");
        Assert.Contains("# TYPE stratforge_streams_bus_messages_total counter\n", page, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_bucket{", page, StringComparison.Ordinal);
        Assert.Contains("le=\"+Inf\"", page, StringComparison.Ordinal);
        await user.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "/metrics");
        await gateway.Anyone().RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/metrics");
    }

    private static double ValueOf(string page, string name) =>
        page.Split('\n').FirstOrDefault(line => line.StartsWith($"{name} ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture)
            : 0;
}
