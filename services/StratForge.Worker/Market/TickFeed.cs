using System.Text.Json;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Market;

/// <summary>Brings trades and quotes to the sessions that want them, as they are published. What the bus loses is lost: they are stored nowhere.</summary>
/// <remarks>Only channels that somebody wants are subscribed to: a worker whose sessions live on bars hears of no trade.</remarks>
internal sealed partial class TickFeed(
    EventLoop loop, IConnectionMultiplexer redis, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<TickFeed> logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(0.5);

    // On the loop only.
    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);

    /// <summary>Trades or quotes of a symbol, for <paramref name="listener"/> from now on. On the loop only.</summary>
    public void Follow(string symbol, bool quotes, ITickListener listener)
    {
        var name = NameOf(symbol, quotes);
        if (!_channels.TryGetValue(name, out var channel))
        {
            channel = new Channel(symbol, quotes);
            _channels.Add(name, channel);
            _ = SubscribeAsync(name, channel);
        }

        channel.Listeners.Add(listener);
    }

    /// <summary>The listener wants no more. On the loop only.</summary>
    public void Leave(string symbol, bool quotes, ITickListener listener)
    {
        var name = NameOf(symbol, quotes);
        if (_channels.TryGetValue(name, out var channel) && channel.Listeners.Remove(listener) && channel.Listeners.Count == 0)
        {
            channel.IsLeft = true;
            _channels.Remove(name);
            LeaveBus(name, channel);
        }
    }

    private static string NameOf(string symbol, bool quotes) => quotes ? Topics.Quotes(symbol) : Topics.Trades(symbol);

    // As BusSubscription does, which is for as long as the worker lives; this one may be left.
    private async Task SubscribeAsync(string name, Channel channel)
    {
        var topic = new RedisChannel(name, RedisChannel.PatternMode.Literal);
        Action<RedisChannel, RedisValue> handler = (_, value) => OnMessage(channel, value);
        while (!channel.IsLeft && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            try
            {
                await redis.GetSubscriber().SubscribeAsync(topic, handler);
                loop.Post(() =>
                {
                    channel.Unsubscribe = () => redis.GetSubscriber().UnsubscribeAsync(topic, handler);
                    LeaveBus(name, channel);
                });
                return;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                LogNotYet(name, exception.Message);
                await Task.Delay(Retry, clock, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Whichever comes last, the subscription or the wish to leave, ends it.
    private void LeaveBus(string name, Channel channel)
    {
        if (channel is { IsLeft: true, Unsubscribe: { } unsubscribe })
        {
            _ = UnsubscribeAsync(name, unsubscribe);
        }
    }

    private async Task UnsubscribeAsync(string name, Func<Task> unsubscribe)
    {
        try
        {
            await unsubscribe();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogNotLeft(name, exception.Message);
        }
    }

    // Outside of the loop.
    private void OnMessage(Channel channel, RedisValue value)
    {
        Tick tick;
        try
        {
            tick = channel.Quotes
                ? Tick.Of(JsonSerializer.Deserialize((byte[])value!, ContractsJson.Default.QuoteTick) ?? throw new JsonException("null"))
                : Tick.Of(JsonSerializer.Deserialize((byte[])value!, ContractsJson.Default.TradeTick) ?? throw new JsonException("null"));
        }
        catch (JsonException)
        {
            LogStrange(channel.Symbol);
            return;
        }

        loop.Post(() =>
        {
            // A copy: a listener that fails leaves the list while it is walked.
            foreach (var listener in channel.Listeners.ToArray())
            {
                listener.OnTick(channel.Symbol, tick);
            }
        });
    }

    [LoggerMessage(LogLevel.Warning, "A message on a channel of {Symbol} is neither trade nor quote; it is ignored")]
    private partial void LogStrange(string symbol);

    [LoggerMessage(LogLevel.Warning, "{Channel} is not subscribed yet: {Reason}")]
    private partial void LogNotYet(string channel, string reason);

    [LoggerMessage(LogLevel.Warning, "{Channel} could not be left: {Reason}")]
    private partial void LogNotLeft(string channel, string reason);

    private sealed class Channel(string symbol, bool quotes)
    {
        private volatile bool _isLeft;

        public string Symbol { get; } = symbol;

        public bool Quotes { get; } = quotes;

        public List<ITickListener> Listeners { get; } = [];

        public Func<Task>? Unsubscribe { get; set; }

        public bool IsLeft
        {
            get => _isLeft;
            set => _isLeft = value;
        }
    }
}

/// <summary>Wants trades or quotes. Everything on the loop's thread.</summary>
internal interface ITickListener
{
    /// <summary>The market traded, or its best bid or offer changed.</summary>
    void OnTick(string symbol, in Tick tick);
}
