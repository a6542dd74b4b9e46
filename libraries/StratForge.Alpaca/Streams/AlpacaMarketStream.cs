using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace StratForge.Alpaca;

/// <summary>One of Alpaca's market-data streams. It connects when it is read, and again whenever it must.</summary>
/// <remarks>The venue allows one connection per key and endpoint. Subscriptions are kept here and sent again after each reconnect.</remarks>
public sealed partial class AlpacaMarketStream : ISocketProtocol, IDisposable
{
    // Frames that may wait for their reader: half a minute of a busy feed. Beyond it the socket waits, and the venue
    // drops us in the end, which the reader then sees as a lost connection.
    private const int WaitingFrames = 8_192;

    private readonly Uri _endpoint;
    private readonly AlpacaOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<AlpacaMarketStream> _logger;
    private readonly MarketMessageReader _reader = new();
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private readonly HashSet<string> _trades = new(StringComparer.Ordinal);
    private readonly HashSet<string> _quotes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bars = new(StringComparer.Ordinal);
    private readonly HashSet<string> _updatedBars = new(StringComparer.Ordinal);
    private readonly HashSet<string> _dailyBars = new(StringComparer.Ordinal);
    private readonly HashSet<string> _statuses = new(StringComparer.Ordinal);
    private ChannelWriter<AlpacaMarketFrame>? _sink;
    private ReconnectingSocket? _greeted;
    private int _connections;

    /// <summary>A stream of <see cref="AlpacaOptions.StockStreamUrl"/> or <see cref="AlpacaOptions.CryptoStreamUrl"/>.</summary>
    public AlpacaMarketStream(Uri endpoint, AlpacaOptions options, TimeProvider clock, ILogger<AlpacaMarketStream> logger)
    {
        _endpoint = endpoint;
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Reads the stream until cancelled: frame by frame, in order. Connection changes come as messages too.</summary>
    public async IAsyncEnumerable<AlpacaMarketFrame> ReadFramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var frames = Channel.CreateBounded<AlpacaMarketFrame>(
            new BoundedChannelOptions(WaitingFrames) { SingleReader = true, SingleWriter = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunAsync(frames.Writer, ended.Token);
        try
        {
            await foreach (var frame in frames.Reader.ReadAllAsync(cancellationToken))
            {
                yield return frame;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await running;
        }
    }

    /// <summary>Runs the stream into the caller's channel, whose bound is the caller's decision, until cancelled; then completes it.</summary>
    public async Task RunAsync(ChannelWriter<AlpacaMarketFrame> sink, CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _sink, sink, null) is not null)
        {
            throw new InvalidOperationException("This stream is being read already.");
        }

        Exception? fault = null;
        try
        {
            using var socket = new ReconnectingSocket(_endpoint, _options, _clock, _logger);
            await socket.RunAsync(this, cancellationToken);
        }
        catch (Exception unexpected)
        {
            fault = unexpected;
            throw;
        }
        finally
        {
            _sink = null;
            sink.TryComplete(fault);
        }
    }

    /// <summary>Adds to what is wanted. Sent at once when connected, else with the next connection.</summary>
    public Task SubscribeAsync(AlpacaSubscription additional, CancellationToken cancellationToken) =>
        ChangeAsync("subscribe", additional, cancellationToken);

    /// <summary>Takes from what is wanted.</summary>
    public Task UnsubscribeAsync(AlpacaSubscription obsolete, CancellationToken cancellationToken) =>
        ChangeAsync("unsubscribe", obsolete, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _subscribing.Dispose();

    async Task ISocketProtocol.GreetAsync(ReconnectingSocket socket, CancellationToken cancellationToken)
    {
        await ExpectAsync(socket, "connected", cancellationToken);
        await socket.SendAsync(AuthMessage(), cancellationToken);
        await ExpectAsync(socket, "authenticated", cancellationToken);

        await _subscribing.WaitAsync(cancellationToken);
        try
        {
            await EmitAsync(new AlpacaMarketMessage.Connected(++_connections), cancellationToken);
            _greeted = socket;
            var wanted = new AlpacaSubscription(_trades, _quotes, _bars, _updatedBars, _dailyBars, _statuses);
            await SendChangeAsync(socket, "subscribe", wanted, cancellationToken);
        }
        finally
        {
            _subscribing.Release();
        }
    }

    async ValueTask ISocketProtocol.HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var receivedAt = _clock.GetUtcNow();
        var messages = _reader.Read(message.Span, out var unreadable);
        if (unreadable > 0)
        {
            AlpacaTelemetry.StreamUnreadable.Add(unreadable);
            LogUnreadable(unreadable, _endpoint);
        }

        messages.RemoveAll(static m => m is AlpacaMarketMessage.Success);
        if (unreadable > 0)
        {
            messages.Add(new AlpacaMarketMessage.Unreadable(unreadable));
        }

        if (messages.Count > 0)
        {
            await _sink!.WriteAsync(new AlpacaMarketFrame(receivedAt, messages), cancellationToken);
        }
    }

    async ValueTask ISocketProtocol.LostAsync(string reason, CancellationToken cancellationToken)
    {
        _greeted = null;
        await EmitAsync(new AlpacaMarketMessage.Lost(reason), cancellationToken);
    }

    private async Task ExpectAsync(ReconnectingSocket socket, string step, CancellationToken cancellationToken)
    {
        var frame = await socket.ReceiveAsync(cancellationToken);
        if (frame.IsEmpty)
        {
            throw new AlpacaStreamException($"closed before it said {step}");
        }

        foreach (var message in _reader.Read(frame.Span, out _))
        {
            switch (message)
            {
                case AlpacaMarketMessage.Success success when string.Equals(success.Message, step, StringComparison.Ordinal):
                    return;
                case AlpacaMarketMessage.Refused refused:
                    throw new AlpacaStreamException($"refused: {refused.Code} {refused.Message}");
            }
        }

        throw new AlpacaStreamException($"said something else instead of {step}");
    }

    private async Task ChangeAsync(string action, AlpacaSubscription change, CancellationToken cancellationToken)
    {
        await _subscribing.WaitAsync(cancellationToken);
        try
        {
            Apply(_trades, change.Trades);
            Apply(_quotes, change.Quotes);
            Apply(_bars, change.Bars);
            Apply(_updatedBars, change.UpdatedBars);
            Apply(_dailyBars, change.DailyBars);
            Apply(_statuses, change.Statuses);

            if (_greeted is { } socket)
            {
                try
                {
                    await SendChangeAsync(socket, action, change, cancellationToken);
                }
                catch (Exception lost) when (lost is AlpacaStreamException or System.Net.WebSockets.WebSocketException or IOException or ObjectDisposedException)
                {
                    // The connection just broke: the next one begins with everything that is wanted.
                }
            }
        }
        finally
        {
            _subscribing.Release();
        }

        void Apply(HashSet<string> wanted, IReadOnlyCollection<string>? symbols)
        {
            if (symbols is null)
            {
                return;
            }

            if (string.Equals(action, "subscribe", StringComparison.Ordinal))
            {
                wanted.UnionWith(symbols);
            }
            else
            {
                wanted.ExceptWith(symbols);
            }
        }
    }

    // Plans limit the symbols of trades and quotes, not of bars, and the venue refuses a message as a whole: sent apart, bars
    // still come when there are too many of the others.
    private static async Task SendChangeAsync(
        ReconnectingSocket socket, string action, AlpacaSubscription change, CancellationToken cancellationToken)
    {
        if (change is { Bars.Count: > 0 } or { UpdatedBars.Count: > 0 } or { DailyBars.Count: > 0 } or { Statuses.Count: > 0 })
        {
            await socket.SendAsync(SubscriptionMessage(action, change with { Trades = null, Quotes = null }), cancellationToken);
        }

        if (change is { Trades.Count: > 0 } or { Quotes.Count: > 0 })
        {
            await socket.SendAsync(SubscriptionMessage(action, new AlpacaSubscription(change.Trades, change.Quotes)), cancellationToken);
        }
    }

    private ValueTask EmitAsync(AlpacaMarketMessage message, CancellationToken cancellationToken) =>
        _sink!.WriteAsync(new AlpacaMarketFrame(_clock.GetUtcNow(), [message]), cancellationToken);

    private ReadOnlyMemory<byte> AuthMessage()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("action"u8, "auth"u8);
            writer.WriteString("key"u8, _options.ApiKey);
            writer.WriteString("secret"u8, _options.SecretKey);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> SubscriptionMessage(string action, AlpacaSubscription change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("action"u8, action);
            Write(writer, "trades", change.Trades);
            Write(writer, "quotes", change.Quotes);
            Write(writer, "bars", change.Bars);
            Write(writer, "updatedBars", change.UpdatedBars);
            Write(writer, "dailyBars", change.DailyBars);
            Write(writer, "statuses", change.Statuses);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;

        static void Write(Utf8JsonWriter writer, string channel, IReadOnlyCollection<string>? symbols)
        {
            if (symbols is not { Count: > 0 })
            {
                return;
            }

            writer.WriteStartArray(channel);
            foreach (var symbol in symbols)
            {
                writer.WriteStringValue(symbol);
            }

            writer.WriteEndArray();
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} messages of {Endpoint} could not be read and were left out")]
    private partial void LogUnreadable(int count, Uri endpoint);
}
