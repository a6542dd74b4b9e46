using System.Buffers;
using System.Text.Json;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Orders;

/// <summary>Tells the bus what was committed. The bus may lose it; <c>user_events</c> keeps it.</summary>
internal sealed partial class UserEvents(IConnectionMultiplexer redis, ILogger<UserEvents> logger)
{
    /// <summary>Publishes events in order and in one piece, without waiting.</summary>
    /// <param name="events">What happened.</param>
    /// <param name="data">The data of each as JSON.</param>
    /// <param name="now">When it was committed.</param>
    public void Publish(IReadOnlyList<AccountEvent> events, IReadOnlyList<string> data, DateTimeOffset now)
    {
        if (events.Count == 0)
        {
            return;
        }

        var batch = redis.GetDatabase().CreateBatch();
        for (var i = 0; i < events.Count; i++)
        {
            _ = batch.PublishAsync(
                new RedisChannel(Topics.UserEvents(events[i].Account.UserId), RedisChannel.PatternMode.Literal),
                MessageOf(events[i], data[i], now),
                CommandFlags.FireAndForget);
        }

        try
        {
            batch.Execute();
        }
        catch (RedisConnectionException exception)
        {
            LogLost(events.Count, exception.Message);
        }
    }

    // A UserEvent whose data is JSON already.
    private static byte[] MessageOf(AccountEvent news, string data, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("id", news.Id);
            json.WriteString("userId", news.Account.UserId);
            if (news.SessionId is { } session)
            {
                json.WriteString("sessionId", session);
            }

            json.WriteString("kind", news.Kind);
            json.WriteString("occurredAt", now);
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
            if (news.Order?.Facts.Traceparent is { } traceparent)
            {
                json.WriteString("traceparent", traceparent);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    [LoggerMessage(LogLevel.Warning, "{Count} events were not published, whoever waits for them reads them later: {Reason}")]
    private partial void LogLost(int count, string reason);
}
