using System.Buffers;
using System.Buffers.Text;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Gateway.Market;
using StratForge.Gateway.Streams.Delivery;

namespace StratForge.Gateway.Streams.Bus;

/// <summary>Hears everything on the bus that clients can watch and hands it to the loops, in batches as they came. What the gateway itself knows of
/// prices comes from here too: heard twice, the market would cost twice.</summary>
/// <remarks>Content is checked here, once: a message that is not JSON would spoil the frame it shares with others.</remarks>
internal sealed partial class BusReader(
    ConfigurationOptions redis, StreamTopics topics, StreamLoops loops, LastPrices prices, StreamTelemetry telemetry, TimeProvider clock,
    ILogger<BusReader> logger)
    : BackgroundService
{
    private const int BufferBytes = 64 * 1024;
    private const int LongestChannel = 256;

    /// <summary>Bytes of a price, and of an event of a user. Ours have some two hundred and a thousand.</summary>
    private const int LongestMessage = 16 * 1024;

    private static readonly int EventsPrefix = Topics.AllUserEvents.Length - 1;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    // The answer comes behind everything published before, so the time it takes is how far behind the bus is.
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(8);

    // As prices follow each other at the opening, waking up for each would cost more than all that is done with it.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(1);

    private long _lastMessageTicks;
    private long _pingedAt;
    private volatile bool _isListening;

    /// <summary>Whether subscriptions stand.</summary>
    public bool IsListening => _isListening;

    /// <summary>When the bus last brought anything, by our clock; null if never.</summary>
    public DateTimeOffset? LastMessageAt =>
        Interlocked.Read(ref _lastMessageTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = RetryAfter;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var line = await BusLine.OpenAsync(redis, stoppingToken);
                await SubscribeAsync(line, stoppingToken);
                wait = RetryAfter;
                await ListenAsync(line, stoppingToken);
            }
            catch (Exception exception) when (
                exception is SocketException or IOException or InvalidDataException or AuthenticationException
                || (exception is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                LogLost(exception.Message);
            }
            finally
            {
                _isListening = false;
            }

            await Task.Delay(wait, clock, stoppingToken);
            wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry;
        }
    }

    private async Task SubscribeAsync(BusLine line, CancellationToken cancellationToken)
    {
        await line.SayAsync(
            cancellationToken, "PSUBSCRIBE", Topics.AllBars, Topics.AllTrades, Topics.AllQuotes, Topics.AllIndicators, Topics.AllStatuses, Topics.AllUserEvents);
        await line.SayAsync(cancellationToken, ["SUBSCRIBE", .. topics.Relayed.Select(topic => topic.Name)]);
    }

    private async Task ListenAsync(BusLine line, CancellationToken stoppingToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        silence.CancelAfter(DeadAfter);
        var pinging = PingAsync(line, silence.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var held = 0;
            var lookedAt = clock.GetTimestamp();
            while (true)
            {
                if (held == buffer.Length)
                {
                    buffer = Larger(buffer, held);
                }

                var received = await line.ReceiveAsync(buffer.AsMemory(held), silence.Token);
                if (received == 0)
                {
                    throw new IOException("Redis hung up.");
                }

                silence.CancelAfter(DeadAfter);
                held += received;
                var taken = Take(buffer.AsSpan(0, held), out var isInHaste);
                if (taken > 0)
                {
                    buffer.AsSpan(taken, held - taken).CopyTo(buffer);
                    held -= taken;
                }

                await loops.RoomAsync(stoppingToken);
                if (!isInHaste && clock.GetElapsedTime(lookedAt) < Breath)
                {
                    await Task.Delay(Breath, clock, stoppingToken);
                }

                lookedAt = clock.GetTimestamp();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await silence.CancelAsync();
            await pinging;
        }
    }

    private static byte[] Larger(byte[] buffer, int held)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, held).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private async Task PingAsync(BusLine line, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PingEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Interlocked.Exchange(ref _pingedAt, clock.GetTimestamp());
                await line.SayAsync(cancellationToken, "PING");
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The line is given up; whoever listens on it says so.
        }
    }

    // Everything whole at the beginning of what was received. Only prices are in no haste: they leave every so often, and the newest replaces the one before.
    private int Take(ReadOnlySpan<byte> received, out bool isInHaste)
    {
        isInHaste = received.Length > BufferBytes / 4;
        BusBatch? batch = null;
        var at = 0;
        var count = 0;
        while (at < received.Length && RespPush.TryTake(received, ref at, out var push))
        {
            switch (push.Kind)
            {
                case RespKind.Message:
                    count++;
                    if (Read(received, push) is { } message)
                    {
                        // Copied whole: where things lie in it stays as it is.
                        batch ??= new BusBatch(received, loops.Count);
                        batch.Messages.Add(message);
                        isInHaste |= message.Topic is not { IsRelayed: false };
                    }

                    break;
                case RespKind.Pong:
                    telemetry.BusLag = clock.GetElapsedTime(Interlocked.Read(ref _pingedAt));
                    break;
                case RespKind.Subscribed when !_isListening && received[push.Channel].SequenceEqual(Encoding.UTF8.GetBytes(topics.Relayed[^1].Name)):
                    _isListening = true;
                    LogListening();
                    loops.LookForMissed();
                    break;
                case RespKind.Refusal:
                    throw new InvalidDataException($"Redis refuses: {Encoding.UTF8.GetString(received[push.Payload])}");
                default:
                    break;
            }
        }

        if (count > 0)
        {
            Interlocked.Exchange(ref _lastMessageTicks, clock.GetUtcNow().UtcTicks);
            telemetry.Heard(count);
        }

        if (batch is not null)
        {
            loops.Post(batch);
        }

        return at;
    }

    private BusMessage? Read(ReadOnlySpan<byte> received, RespPush push)
    {
        var channel = received[push.Channel];
        var (start, length) = push.Payload.GetOffsetAndLength(received.Length);
        if (channel.StartsWith("user_events:"u8))
        {
            return Utf8Parser.TryParse(channel[EventsPrefix..], out Guid userId, out var used) && used == channel.Length - EventsPrefix
                && length <= LongestMessage && TryReadEvent(received.Slice(start, length), out var id, out var kind)
                    ? new BusMessage(null, start, length, userId, id, kind)
                    : Unreadable(channel);
        }

        Span<char> name = stackalloc char[LongestChannel];
        if (channel.Length > LongestChannel || !Encoding.UTF8.TryGetChars(channel, name, out var written) || topics.Find(name[..written]) is not { } topic)
        {
            return Unreadable(channel);
        }

        return topic.IsRelayed || (length <= LongestMessage && Take(topic, received.Slice(start, length)))
            ? new BusMessage(topic, start, length, default, 0, EventKinds.None)
            : Unreadable(channel);
    }

    // Whether it can go to clients.
    private bool Take(Topic topic, ReadOnlySpan<byte> payload)
    {
        if (topic.Channel == MarketChannel.Quotes)
        {
            return prices.TakeQuote(topic.Symbol, payload);
        }

        if (!IsObject(payload))
        {
            return false;
        }

        if (topic.Channel == MarketChannel.Bars)
        {
            prices.TakeBar(topic.Symbol, payload);
        }

        return true;
    }

    private BusMessage? Unreadable(ReadOnlySpan<byte> channel)
    {
        telemetry.Unreadable();
        LogUnreadable(Encoding.UTF8.GetString(channel[..Math.Min(channel.Length, LongestChannel)]));
        return null;
    }

    /// <summary>Whether it is one JSON object with something in it, and nothing around it.</summary>
    internal static bool IsObject(ReadOnlySpan<byte> payload)
    {
        if (payload is not [(byte)'{', .., (byte)'}'])
        {
            return false;
        }

        var json = new Utf8JsonReader(payload);
        try
        {
            json.Read();
            if (!json.Read() || json.TokenType != JsonTokenType.PropertyName)
            {
                return false;
            }

            while (json.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Number and kind of an event as it is on the bus.</summary>
    internal static bool TryReadEvent(ReadOnlySpan<byte> payload, out long id, out EventKinds kind)
    {
        (id, kind) = (0, EventKinds.None);
        if (payload is not [(byte)'{', .., (byte)'}'])
        {
            return false;
        }

        var json = new Utf8JsonReader(payload);
        try
        {
            while (json.Read())
            {
                if (json.CurrentDepth != 1 || json.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (json.ValueTextEquals("id"u8))
                {
                    json.Read();
                    id = json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) ? number : 0;
                }
                else if (json.ValueTextEquals("kind"u8))
                {
                    json.Read();
                    kind = json.TokenType == JsonTokenType.String ? Channels.KindOf(json.ValueSpan) : EventKinds.None;
                }
            }

            return id > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "The streams listen to the bus")]
    private partial void LogListening();

    [LoggerMessage(LogLevel.Warning, "The streams lost the bus; events wait in the database: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(LogLevel.Warning, "A message on {Channel} can't be read and goes to nobody")]
    private partial void LogUnreadable(string channel);
}
