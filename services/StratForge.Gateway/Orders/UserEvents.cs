using StackExchange.Redis;
using StratForge.Contracts;

namespace StratForge.Gateway.Orders;

/// <summary>Tells the bus what was committed. The bus may lose it; <c>user_events</c> keeps it.</summary>
internal sealed class UserEvents(IConnectionMultiplexer redis)
{
    public void Publish(IReadOnlyList<(Guid UserId, string Message)> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        var subscriber = redis.GetSubscriber();
        foreach (var (userId, message) in events)
        {
            subscriber.Publish(
                new RedisChannel(Topics.UserEvents(userId), RedisChannel.PatternMode.Literal), message, CommandFlags.FireAndForget);
        }
    }
}
