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

    [Fact]
    public async Task Methods_that_somebody_invents_are_counted_as_one()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));
        await exchange.SendAsync(new HttpMethod("BREW"), "/v2/account");
        await exchange.SendAsync(new HttpMethod("PROPFIND"), "/v2/account");

        var counted = Assert.Single((await exchange.AdminAsync(HttpMethod.Get, "/admin/requests")).Body.EnumerateArray());

        Assert.Equal(("OTHER", 2), (counted.GetProperty("method").GetString(), counted.GetProperty("count").GetInt32()));
    }
}
