using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using StratForge.Alpaca.Json;

namespace StratForge.Alpaca;

/// <summary>Alpaca's order stream, <c>trade_updates</c>. It connects when it is read, and again whenever it must.</summary>
/// <remarks>Events are never repeated by the venue on request: each <see cref="AlpacaOrderMessage.Listening"/> is the moment to
/// compare with REST. An event that cannot be read ends the connection for the same reason.</remarks>
public sealed class AlpacaTradeUpdates : ISocketProtocol
{
    private const string Authorization = "authorization";
    private const string Listening = "listening";
    private const string TradeUpdates = "trade_updates";

    // Events wait here rather than get lost; beyond this the socket waits.
    private const int WaitingMessages = 65_536;

    private readonly AlpacaOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<AlpacaTradeUpdates> _logger;
    private ChannelWriter<AlpacaOrderMessage>? _sink;
    private int _connections;

    /// <summary>The order stream of the account of <paramref name="options"/>.</summary>
    public AlpacaTradeUpdates(AlpacaOptions options, TimeProvider clock, ILogger<AlpacaTradeUpdates> logger)
    {
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Reads the stream until cancelled.</summary>
    public async IAsyncEnumerable<AlpacaOrderMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var messages = Channel.CreateBounded<AlpacaOrderMessage>(
            new BoundedChannelOptions(WaitingMessages) { SingleReader = true, SingleWriter = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunAsync(messages.Writer, ended.Token);
        try
        {
            await foreach (var message in messages.Reader.ReadAllAsync(cancellationToken))
            {
                yield return message;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await running;
        }
    }

    /// <summary>Runs the stream into the caller's channel until cancelled; then completes it. With a channel of its own a caller
    /// can take everything that has queued up at once.</summary>
    public async Task RunAsync(ChannelWriter<AlpacaOrderMessage> sink, CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _sink, sink, null) is not null)
        {
            throw new InvalidOperationException("This stream is being read already.");
        }

        Exception? fault = null;
        try
        {
            using var socket = new ReconnectingSocket(_options.TradeUpdatesUrl, _options, _clock, _logger);
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

    async Task ISocketProtocol.GreetAsync(ReconnectingSocket socket, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Message("authenticate", writer =>
        {
            writer.WriteString("key_id"u8, _options.ApiKey);
            writer.WriteString("secret_key"u8, _options.SecretKey);
        }), cancellationToken);

        var answer = await ControlAsync(socket, Authorization, cancellationToken);
        if (!answer.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.String || !status.ValueEquals("authorized"u8))
        {
            throw new AlpacaStreamException("the venue did not accept the keys");
        }

        await socket.SendAsync(Message("listen", static writer =>
        {
            writer.WriteStartArray("streams"u8);
            writer.WriteStringValue(TradeUpdates);
            writer.WriteEndArray();
        }), cancellationToken);

        answer = await ControlAsync(socket, Listening, cancellationToken);
        if (!answer.TryGetProperty("streams", out var streams) || streams.ValueKind != JsonValueKind.Array
            || !streams.EnumerateArray().Any(static s => s.ValueKind == JsonValueKind.String && s.ValueEquals(TradeUpdates)))
        {
            throw new AlpacaStreamException("the venue does not send trade_updates");
        }

        await _sink!.WriteAsync(new AlpacaOrderMessage.Listening(++_connections), cancellationToken);
    }

    async ValueTask ISocketProtocol.HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (TryOpen(message.Span, out var stream, out var data) && string.Equals(stream, TradeUpdates, StringComparison.Ordinal))
        {
            var update = JsonSerializer.Deserialize(message.Span[data], AlpacaJson.Default.AlpacaTradeUpdate)
                ?? throw new JsonException("An event is null.");
            await _sink!.WriteAsync(new AlpacaOrderMessage.Update(update), cancellationToken);
        }
    }

    ValueTask ISocketProtocol.LostAsync(string reason, CancellationToken cancellationToken) =>
        _sink!.WriteAsync(new AlpacaOrderMessage.Lost(reason), cancellationToken);

    private async Task<JsonElement> ControlAsync(ReconnectingSocket socket, string expected, CancellationToken cancellationToken)
    {
        while (await socket.ReceiveAsync(cancellationToken) is { IsEmpty: false } message)
        {
            if (!TryOpen(message.Span, out var stream, out var data))
            {
                continue;
            }

            if (string.Equals(stream, expected, StringComparison.Ordinal))
            {
                var reader = new Utf8JsonReader(message.Span[data]);
                var answer = JsonElement.ParseValue(ref reader);
                return answer.ValueKind == JsonValueKind.Object ? answer : throw new JsonException($"What {expected} says is no object.");
            }

            if (string.Equals(stream, Authorization, StringComparison.Ordinal))
            {
                throw new AlpacaStreamException($"refused before {expected}");
            }

            // An event may overtake the acknowledgement of the listening it belongs to. The reconciliation that follows
            // every connection would find it too, but there is no reason to lose it.
            await ((ISocketProtocol)this).HandleAsync(message, cancellationToken);
        }

        throw new AlpacaStreamException($"closed before {expected}");
    }

    /// <summary>Finds the stream's name and where its data lies. Heartbeats and other things that are no JSON object give false.</summary>
    /// <exception cref="JsonException">It is one, and broken: what it would have told has to be asked for by REST.</exception>
    private static bool TryOpen(ReadOnlySpan<byte> message, out string? stream, out Range data)
    {
        stream = null;
        data = default;
        if (message[0] != (byte)'{')
        {
            return false;
        }

        var reader = new Utf8JsonReader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                stream = NameOf(ref reader);
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                data = start..(int)reader.BytesConsumed;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return stream is not null && !data.Equals(default);
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.ValueTextEquals(TradeUpdates) ? TradeUpdates : reader.GetString()!;
        }
        catch (InvalidOperationException broken)
        {
            throw new JsonException("The name of a stream is a text.", broken);
        }
    }

    private static ReadOnlyMemory<byte> Message(string action, Action<Utf8JsonWriter> writeData)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("action"u8, action);
            writer.WriteStartObject("data"u8);
            writeData(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
