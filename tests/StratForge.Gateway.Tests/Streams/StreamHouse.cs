using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Gateway.Streams.Bus;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Streams;

/// <summary>Stands in for the rest of the platform: stores and publishes what gateways stream.</summary>
internal sealed class StreamHouse(FreshDatabase database, FreshRedis redis)
{
    private const string Data = """{"symbol":"SPY","status":"new"}""";

    /// <summary>Waits until a gateway hears the bus.</summary>
    public static Task ListensAsync(RunningGateway gateway) =>
        Eventually.BecomesAsync(() => Task.FromResult(gateway.Services.GetRequiredService<BusReader>().IsListening), isListening => isListening);

    /// <summary>Publishes a message.</summary>
    public Task PublishAsync(string topic, string payload) =>
        redis.Connection.GetSubscriber().PublishAsync(new RedisChannel(topic, RedisChannel.PatternMode.Literal), Encoding.UTF8.GetBytes(payload));

    public Task QuoteAsync(string symbol, int price) => PublishAsync(
        Topics.Quotes(symbol),
        $$"""{"symbol":"{{symbol}}","bidPrice":{{price}},"bidSize":1,"askPrice":{{price + 1}},"askSize":1,"timestamp":"2026-01-05T15:00:00Z","tickType":"quote"}""");

    /// <summary>Commits the next events of a user, as the books do.</summary>
    public Task StoreAsync(Guid userId, long id, string kind) => database.ExecuteAsync("""
        with stored as (
            insert into user_events (user_id, id, kind, occurred_at, data) values ($1, $2, $3, now(), $4::jsonb))
        update accounts set last_event_id = $2 where user_id = $1
        """, userId, id, kind, Data);

    /// <summary>Commits a user's first events, each with so many bytes of data.</summary>
    public Task StoreManyAsync(Guid userId, int events, int bytes) => database.ExecuteAsync("""
        with stored as (
            insert into user_events (user_id, id, kind, occurred_at, data)
            select $1, id, 'order', now(), jsonb_build_object('filler', repeat('x', $3)) from generate_series(1, $2) as id)
        update accounts set last_event_id = $2 where user_id = $1
        """, userId, events, bytes);

    /// <summary>Tells the bus of an event.</summary>
    public Task TellAsync(Guid userId, long id, string kind) => PublishAsync(
        Topics.UserEvents(userId), $$"""{"id":{{id}},"userId":"{{userId}}","kind":"{{kind}}","occurredAt":"2026-01-05T15:00:00Z","data":{{Data}}}""");

    /// <summary>The number of a user's newest event.</summary>
    public Task<long> TailAsync(Guid userId) => database.ValueAsync<long>("select last_event_id from accounts where user_id = $1", userId);

    public static long IdOf(JsonElement message) => message.GetProperty("id").GetInt64();
}
