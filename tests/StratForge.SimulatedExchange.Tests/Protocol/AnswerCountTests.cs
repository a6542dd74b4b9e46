using System.Net;

namespace StratForge.SimulatedExchange.Tests.Protocol;

public sealed class AnswerCountTests
{
    [Fact]
    public async Task Every_answer_is_counted_by_its_route_for_whoever_has_the_admin_key()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey), ("RequestsPerMinute", "3"));
        await exchange.GetAsync("/v2/account");
        await exchange.GetAsync($"/v2/orders/{Guid.AllBitsSet}");
        await exchange.GetAsync($"/v2/orders/{Guid.Empty}");
        await exchange.GetAsync("/v2/account");
        await exchange.SendBareAsync("/v2/account");

        var counts = (await exchange.AdminAsync(HttpMethod.Get, "/admin/requests")).Body.EnumerateArray()
            .Select(count => $"{count.GetProperty("method")} {count.GetProperty("route")} {count.GetProperty("status")}: {count.GetProperty("count")}");

        Assert.Equal(
            ["GET /v2/account 200: 1", "GET /v2/account 401: 1", "GET /v2/account 429: 1", "GET /v2/orders/{id} 404: 2"],
            counts);
        Assert.Equal(HttpStatusCode.Unauthorized, (await exchange.AdminAsync(HttpMethod.Get, "/admin/requests", key: RunningExchange.Secret)).Status);
    }
}
