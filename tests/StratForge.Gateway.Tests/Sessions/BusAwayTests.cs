using StratForge.Contracts;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Sessions;

public sealed class BusAwayTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    [Fact]
    public async Task A_session_starts_without_the_bus_which_is_told_when_it_comes_back()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis);
        var user = await gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();
        await redis.KillAsync();

        var session = await user.NewSessionAsync(strategy);

        Assert.Equal("STARTING", (await user.GetAsync($"/sessions/{session}")).GetProperty("status").GetString());
        var health = await Eventually.BecomesAsync(
            () => user.GetAsync("/health"), health => health.GetProperty("bus").GetProperty("status").GetString() == "Degraded");
        Assert.Equal("Healthy", health.GetProperty("database").GetProperty("status").GetString());

        await redis.StartAgainAsync();
        await using var connection = new Connection(await redis.ConnectAsync());
        await Eventually.BecomesAsync(() => connection.Redis.GetDatabase().SetContainsAsync(Topics.ActiveStocks, "SPY"), isMember => isMember);
    }

    private sealed class Connection(StackExchange.Redis.ConnectionMultiplexer redis) : IAsyncDisposable
    {
        public StackExchange.Redis.ConnectionMultiplexer Redis => redis;

        public async ValueTask DisposeAsync()
        {
            await redis.CloseAsync(allowCommandsToComplete: false);
            redis.Dispose();
        }
    }
}
