using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Bookkeeping;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Hosting;

public sealed class RateLimitTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    // One bucket holds thirty requests here; nobody is so slow that it fills as fast as he asks.
    private const int MoreThanABucket = 1_000;

    [Fact]
    public async Task An_address_that_tries_too_often_is_told_when_to_come_back()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, "RateLimits:AuthPerMinute=2");
        var guesser = gateway.Anyone();
        var guess = new { refreshToken = "a guess" };
        await guesser.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", guess);
        await guesser.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", guess);

        using var response = await guesser.PostAsync("/api/auth/refresh", guess);

        Assert.Equal("too-many-requests", (await Client.ProblemOf(response, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_user_who_asks_too_often_is_told_when_to_come_back_and_no_other_suffers()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, "RateLimits:UserPerSecond=1");
        var (user, other) = (await gateway.NewUserAsync(), await gateway.NewUserAsync());
        await PlaceAsync(user);

        using var refused = await AskUntilRefusedAsync(user, "/api/users/me");

        Assert.Equal("too-many-requests", (await Client.ProblemOf(refused, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        await other.GetAsync("/api/users/me");
        await gateway.Anyone().GetAsync("/api/version");
        // An order has a limit of its own.
        Assert.Equal("NO_PRICE", (await PlaceAsync(user)).Split(':')[0]);
    }

    [Fact]
    public async Task Orders_that_are_taken_in_the_short_way_are_not_counted_and_those_that_are_refused_are()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, "RateLimits:UserPerSecond=1");
        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Services.GetRequiredService<BookKeeper>().IsLeading), leads => leads);
        var (user, other) = (await gateway.NewUserAsync(), await gateway.NewUserAsync());
        foreach (var _ in Enumerable.Range(0, 60))
        {
            using var taken = await OrderAsync(user, "SPY");
            Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        }

        var refused = 0;
        var answer = await OrderAsync(user, "INVENT");
        for (; answer.StatusCode == HttpStatusCode.BadRequest && refused < MoreThanABucket; refused++)
        {
            answer.Dispose();
            answer = await OrderAsync(user, "INVENT");
        }

        Assert.Equal("too-many-requests", (await Client.ProblemOf(answer, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        using var others = await OrderAsync(other, "SPY");
        Assert.Equal(HttpStatusCode.Created, others.StatusCode);
        answer.Dispose();
    }

    [Fact]
    public async Task An_address_that_asks_too_often_without_a_sign_in_still_gets_the_page_and_its_users_are_served()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, "RateLimits:AddressPerSecond=1");
        var user = await gateway.NewUserAsync();
        var anyone = gateway.Anyone();

        using var refused = await AskUntilRefusedAsync(anyone, "/api/version");

        await Client.ProblemOf(refused, HttpStatusCode.TooManyRequests);
        using var refusedNothing = await AskUntilRefusedAsync(anyone, "/api/nothing");
        await user.GetAsync("/api/users/me");
        using var page = await anyone.SendAsync(HttpMethod.Get, "/");
        using var health = await anyone.SendAsync(HttpMethod.Get, "/health");
        using var metrics = await new Client(gateway.InternalAddress).SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (page.StatusCode, health.StatusCode, metrics.StatusCode));
    }

    private static async Task<HttpResponseMessage> AskUntilRefusedAsync(Client client, string path)
    {
        for (var i = 0; i < MoreThanABucket; i++)
        {
            var response = await client.SendAsync(HttpMethod.Get, path);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return response;
            }

            response.Dispose();
        }

        throw new InvalidOperationException($"{MoreThanABucket} requests were answered.");
    }

    private static Task<HttpResponseMessage> OrderAsync(Client user, string symbol) =>
        user.PostAsync("/trade/orders", new { symbol, qty = 1, side = "buy", type = "limit", limit_price = 1, time_in_force = "gtc" });

    private static async Task<string> PlaceAsync(Client user) =>
        (await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/trade/orders", new { symbol = "SPY", qty = 1, side = "buy", type = "market" }))
            .GetProperty("code").GetString()!;
}
