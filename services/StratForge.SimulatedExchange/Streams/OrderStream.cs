using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Streams;

/// <summary><c>/stream</c>: order updates as JSON in binary frames, as Alpaca's paper accounts send them, or as MessagePack to who asks for it on the upgrade.</summary>
internal sealed class OrderStream : IOrderAudience, IFeedOutlet<OrderUpdate>, IDisposable
{
    private const string TradeUpdates = "trade_updates";

    private readonly FrontDoor _door;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly PriceSource _prices;
    private readonly FaultyFeed<OrderUpdate> _feed;
    private readonly Lock _gate = new();
    private Listener[] _listeners = [];

    public OrderStream(FrontDoor door, PriceSource prices, FaultPlan faults, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        (_door, _prices, _lifetime) = (door, prices, lifetime);
        _feed = new FaultyFeed<OrderUpdate>(faults, FaultTarget.TradeUpdates, time, this);
    }

    public int Listeners => _listeners.Length;

    public async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(StreamEndpoints.Accepting);
        using var stream = new StreamSocket(socket, WebSocketMessageType.Binary);
        var listener = new Listener(stream, _door, StreamEndpoints.SpeaksMsgpack(context.Request));
        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
        }

        try
        {
            await listener.Socket.RunAsync(listener.Receive, _lifetime.ApplicationStopping, context.RequestAborted);
        }
        finally
        {
            lock (_gate)
            {
                _listeners = [.. _listeners.Where(other => other != listener)];
            }
        }
    }

    public void Tell(IReadOnlyList<OrderUpdate> updates)
    {
        if (updates.Count > 0 && _listeners.Length > 0)
        {
            _feed.Tell(updates);
        }
    }

    public void Dispose() => _feed.Dispose();

    (string Symbol, string Name) IFeedOutlet<OrderUpdate>.NameOf(OrderUpdate item) => (item.Order.Symbol, item.Event);

    bool IFeedOutlet<OrderUpdate>.IsWanted(OrderUpdate item)
    {
        foreach (var listener in _listeners)
        {
            if (listener.Listens)
            {
                return true;
            }
        }

        return false;
    }

    void IFeedOutlet<OrderUpdate>.Cut()
    {
        foreach (var listener in _listeners)
        {
            if (listener.Listens)
            {
                listener.Socket.Leave();
            }
        }
    }

    void IFeedOutlet<OrderUpdate>.Send(IReadOnlyList<OrderUpdate> events)
    {
        var listeners = _listeners;
        foreach (var update in events)
        {
            var frame = Frame(update);
            byte[]? packed = null;
            foreach (var listener in listeners)
            {
                if (listener.Listens && !listener.Socket.Send(listener.SpeaksMsgpack ? packed ??= Packed(frame) : frame))
                {
                    // It comes back and asks by REST for what it missed; silence would leave it wrong for ever.
                    listener.Socket.Finish();
                }
            }
        }
    }

    private byte[] Frame(OrderUpdate update)
    {
        var buffer = new ArrayBufferWriter<byte>(1536);
        using (var json = new Utf8JsonWriter(buffer, Answers.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("stream", TradeUpdates);
            json.WriteStartObject("data");
            json.WriteString("event", update.Event);
            json.WriteInstant("timestamp", update.At);
            json.WritePropertyName("order");
            OrderJson.Write(json, update.Order, _prices.Find(update.Order.Symbol)!, update.Legs, onStream: true);
            if (update.Execution is { } execution)
            {
                json.WriteDecimal("price", execution.Price);
                json.WriteDecimal("qty", execution.Quantity);
                json.WriteDecimal("position_qty", update.PositionQuantity);
            }

            if (update.ExecutionId is { } id)
            {
                json.WriteString("execution_id", id);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Packed(ReadOnlyMemory<byte> frame)
    {
        using var document = JsonDocument.Parse(frame);
        var to = new MsgpackWriter();
        to.Json(document.RootElement);
        return to.ToArray();
    }

    private sealed class Listener(StreamSocket socket, FrontDoor door, bool speaksMsgpack)
    {
        private volatile bool _authorized;
        private volatile bool _listens;

        public StreamSocket Socket => socket;

        public bool Listens => _listens;

        public bool SpeaksMsgpack => speaksMsgpack;

        public void Receive(ReadOnlyMemory<byte> message)
        {
            using var document = speaksMsgpack ? MsgpackReader.ToJson(message.Span) : ForeignJson.Parse(message);
            if (document is null)
            {
                Say("""{"action":"error","data":{"error_message":"invalid syntax"},"stream":"error"}""");
                return;
            }

            var root = document.RootElement;
            var action = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("action", out var name) ? name.ToString() : "";
            var data = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("data", out var inner) ? inner : root;
            switch (action)
            {
                case "authenticate":
                    Authenticate(Text(data, "key_id"), Text(data, "secret_key"));
                    break;
                case "auth":
                    Authenticate(Text(root, "key"), Text(root, "secret"));
                    break;
                case "listen":
                    Listen(data);
                    break;
                default:
                    Say("""{"action":"error","data":{"error_message":"unknown action"},"stream":"error"}""");
                    break;
            }
        }

        private void Authenticate(string? key, string? secret)
        {
            _authorized = door.Knows(key, secret);
            var reason = string.IsNullOrEmpty(key) || string.IsNullOrEmpty(secret)
                ? ""","message":"must provide key_id and secret_key or oauth_token" """.TrimEnd()
                : "";
            var status = _authorized ? "authorized" : "unauthorized";
            Say("{\"stream\":\"authorization\",\"data\":{\"action\":\"authenticate\",\"status\":\"" + status + "\"" + reason + "}}");
        }

        private void Listen(JsonElement data)
        {
            if (!_authorized)
            {
                Say("""{"stream":"authorization","data":{"action":"listen","status":"unauthorized"}}""");
                return;
            }

            var wanted = data.ValueKind == JsonValueKind.Object && data.TryGetProperty("streams", out var streams) && streams.ValueKind == JsonValueKind.Array
                && streams.EnumerateArray().Any(stream => stream.ValueKind == JsonValueKind.String && stream.ValueEquals(TradeUpdates));

            // The acknowledgement first: what happens from here on comes after it.
            Say(wanted
                ? """{"stream":"listening","data":{"streams":["trade_updates"]}}"""
                : """{"stream":"listening","data":{"streams":[]}}""");
            _listens = wanted;
        }

        private void Say(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            if (!socket.Send(speaksMsgpack ? Packed(bytes) : bytes))
            {
                socket.Finish();
            }
        }

        private static string? Text(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
