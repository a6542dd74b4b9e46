using StackExchange.Redis;
using StratForge.Testing;

namespace StratForge.LocalHosting.Tests.Fixtures;

public sealed class FreshRedisTests(FreshRedis redis) : IClassFixture<FreshRedis>
{
    [Fact]
    public async Task A_message_reaches_its_subscriber()
    {
        var heard = new TaskCompletionSource<string>();
        var channel = new RedisChannel("news", RedisChannel.PatternMode.Literal);
        await redis.Connection.GetSubscriber().SubscribeAsync(channel, (_, message) => heard.TrySetResult(message!));

        await redis.Connection.GetSubscriber().PublishAsync(channel, "opened");

        Assert.Equal("opened", await heard.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_server_that_was_killed_comes_back_empty_on_the_same_port()
    {
        var own = new FreshRedis();
        await own.InitializeAsync();
        try
        {
            await own.Connection.GetDatabase().StringSetAsync("kept", "no");
            await own.KillAsync();
            await own.StartAgainAsync();

            using var connection = await own.ConnectAsync();
            Assert.False(await connection.GetDatabase().KeyExistsAsync("kept"));
        }
        finally
        {
            await own.DisposeAsync();
        }
    }
}
