using StackExchange.Redis;

namespace StratForge.Worker.Market;

/// <summary>A subscription that is made as soon as Redis is there. Once made, the client renews it by itself after each loss of the connection.</summary>
internal sealed partial class BusSubscription(IConnectionMultiplexer redis, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(0.5);

    /// <summary>Subscribes in the background.</summary>
    /// <param name="channel">Channel or pattern.</param>
    /// <param name="handler">Called with each message, in their order.</param>
    /// <param name="subscribed">Called once it is made: what was published before must be read from storage.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    public void Start(
        RedisChannel channel, Action<RedisChannel, RedisValue> handler, Action subscribed, CancellationToken cancellationToken) =>
        _ = SubscribeAsync(channel, handler, subscribed, cancellationToken);

    private async Task SubscribeAsync(
        RedisChannel channel, Action<RedisChannel, RedisValue> handler, Action subscribed, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await redis.GetSubscriber().SubscribeAsync(channel, handler);
                subscribed();
                return;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                LogNotYet((string)channel!, exception.Message);
                await Task.Delay(Retry, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Channel} is not subscribed yet: {Reason}")]
    private partial void LogNotYet(string channel, string reason);
}
