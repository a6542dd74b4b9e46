using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>The market-data endpoints: one connection each per key, as Alpaca allows.</summary>
internal sealed class DataStream : IMarketAudience, IFeedOutlet<MarketTick>, IDisposable
{
    private static readonly TimeSpan TimeToAuthenticate = TimeSpan.FromSeconds(10);

    private readonly FrontDoor _door;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly MarketDataPlan _plan;
    private readonly PriceSource _prices;
    private readonly TimeProvider _time;
    private readonly FaultyFeed<MarketTick> _feed;
    private readonly IDataCodec _json = new JsonDataCodec();
    private readonly IDataCodec _msgpack = new MsgpackDataCodec();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _taken = [];
    private Client[] _clients = [];

    public DataStream(
        FrontDoor door, IOptions<ExchangeOptions> options, PriceSource prices, FaultPlan faults, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        (_door, _plan, _prices, _time, _lifetime) = (door, options.Value.Plan, prices, time, lifetime);
        _feed = new FaultyFeed<MarketTick>(faults, FaultTarget.MarketData, time, this);
    }

    public int Clients => _clients.Length;

    public async Task ServeAsync(HttpContext context, DataFeedKind kind)
    {
        // The upgrade request says in which encoding both sides speak.
        var binary = StreamEndpoints.SpeaksMsgpack(context.Request);
        var codec = binary ? _msgpack : _json;
        var endpoint = context.Request.Path.ToString();
        using var socket = await context.WebSockets.AcceptWebSocketAsync(StreamEndpoints.Accepting);
        using var stream = new StreamSocket(socket, binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text);
        var client = new Client(this, stream, codec, endpoint, new Subscription(kind, _plan, _prices.Instruments.Count(kind.Carries)));
        client.Greet(FrontDoor.Credentials(context.Request));
        using var deadline = _time.CreateTimer(_ => client.RequireAuthentication(), null, TimeToAuthenticate, Timeout.InfiniteTimeSpan);
        try
        {
            await client.Socket.RunAsync(client.Receive, _lifetime.ApplicationStopping, context.RequestAborted);
        }
        finally
        {
            Leave(client);
        }
    }

    public bool WantsMinuteBars
    {
        get
        {
            foreach (var client in _clients)
            {
                if (client.Subscription.WantsMinuteBars)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool WantsDayBars(Instrument instrument)
    {
        foreach (var client in _clients)
        {
            if (client.Subscription.WantsDayBars(instrument))
            {
                return true;
            }
        }

        return false;
    }

    public bool WantsOrderBooks(Instrument instrument)
    {
        foreach (var client in _clients)
        {
            if (client.Subscription.WantsOrderBooks(instrument))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells what the test endpoint tells; faults do not touch it.</summary>
    public void SendTest(IReadOnlyList<MarketTick> ticks) => ((IFeedOutlet<MarketTick>)this).Send(ticks);

    public void Tell(IReadOnlyList<MarketTick> ticks)
    {
        if (_clients.Length > 0 && ticks.Count > 0)
        {
            _feed.Tell(ticks);
        }
    }

    public void Dispose() => _feed.Dispose();

    (string Symbol, string Name) IFeedOutlet<MarketTick>.NameOf(MarketTick item) => (item.Instrument.Symbol, item switch
    {
        MarketTick.Trade => "trade",
        MarketTick.Quote => "quote",
        MarketTick.MinuteBar => "bar",
        MarketTick.Book => "orderbook",
        MarketTick.Status => "status",
        _ => "daily_bar",
    });

    bool IFeedOutlet<MarketTick>.IsWanted(MarketTick item)
    {
        foreach (var client in _clients)
        {
            if (client.Subscription.Wants(item))
            {
                return true;
            }
        }

        return false;
    }

    void IFeedOutlet<MarketTick>.Cut()
    {
        foreach (var client in _clients)
        {
            client.Socket.Leave();
        }
    }

    void IFeedOutlet<MarketTick>.Send(IReadOnlyList<MarketTick> events)
    {
        var clients = _clients;

        // Each piece is encoded once per encoding and shared by all who want it.
        var encoded = new Dictionary<(MarketTick, IDataCodec), byte[]>(ReferencePairs.Instance);
        var messages = new List<byte[]>();
        foreach (var client in clients)
        {
            messages.Clear();
            foreach (var tick in events)
            {
                if (client.Subscription.Wants(tick))
                {
                    if (!encoded.TryGetValue((tick, client.Codec), out var message))
                    {
                        encoded[(tick, client.Codec)] = message = client.Codec.Encode(tick);
                    }

                    messages.Add(message);
                }
            }

            if (messages.Count > 0)
            {
                client.Send(client.Codec.Frame(messages));
            }
        }
    }

    private bool TryEnter(Client client)
    {
        lock (_gate)
        {
            if (!_taken.Add(client.Endpoint))
            {
                return false;
            }

            _clients = [.. _clients, client];
            return true;
        }
    }

    private void Leave(Client client)
    {
        lock (_gate)
        {
            if (_clients.Contains(client))
            {
                _taken.Remove(client.Endpoint);
                _clients = [.. _clients.Where(other => other != client)];
            }
        }
    }

    private sealed class ReferencePairs : IEqualityComparer<(MarketTick Tick, IDataCodec Codec)>
    {
        public static readonly ReferencePairs Instance = new();

        public bool Equals((MarketTick Tick, IDataCodec Codec) one, (MarketTick Tick, IDataCodec Codec) other) =>
            ReferenceEquals(one.Tick, other.Tick) && ReferenceEquals(one.Codec, other.Codec);

        public int GetHashCode((MarketTick Tick, IDataCodec Codec) pair) =>
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Tick);
    }

    private sealed class Client(DataStream stream, StreamSocket socket, IDataCodec codec, string endpoint, Subscription subscription)
    {
        private volatile bool _authenticated;

        public StreamSocket Socket => socket;

        public IDataCodec Codec => codec;

        public string Endpoint => endpoint;

        public Subscription Subscription => subscription;

        /// <summary>Says <c>connected</c>, and lets in whoever showed credentials on the upgrade.</summary>
        public void Greet((string? Key, string? Secret)? credentials)
        {
            Send(codec.Success("connected"));
            if (credentials is var (key, secret))
            {
                Authenticate(key, secret);
            }
        }

        public void RequireAuthentication()
        {
            if (!_authenticated)
            {
                Send(codec.Error(404, "auth timeout"));
                socket.Finish();
            }
        }

        public void Send(byte[] frame)
        {
            if (!socket.Send(frame))
            {
                socket.Finish(codec.Error(407, "slow client"));
            }
        }

        public void Receive(ReadOnlyMemory<byte> message)
        {
            using var document = codec.Read(message);
            if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
            {
                Send(codec.Error(400, "invalid syntax"));
                return;
            }

            var root = document.RootElement;
            switch (root.TryGetProperty("action", out var action) && action.ValueKind == JsonValueKind.String ? action.GetString() : null)
            {
                case "auth" when _authenticated:
                    Send(codec.Error(403, "already authenticated"));
                    break;
                case "auth":
                    Authenticate(Text(root, "key"), Text(root, "secret"));
                    break;
                case "subscribe" or "unsubscribe" when !_authenticated:
                    Send(codec.Error(401, "not authenticated"));
                    break;
                case "subscribe":
                    Change(root, add: true);
                    break;
                case "unsubscribe":
                    Change(root, add: false);
                    break;
                default:
                    Send(codec.Error(400, "invalid syntax"));
                    break;
            }
        }

        private void Authenticate(string? key, string? secret)
        {
            if (!stream.Door.Knows(key, secret))
            {
                Send(codec.Error(402, "auth failed"));
                return;
            }

            if (stream._plan == MarketDataPlan.Basic && endpoint == StreamEndpoints.Consolidated)
            {
                Send(codec.Error(409, "insufficient subscription"));
                return;
            }

            if (!stream.TryEnter(this))
            {
                Send(codec.Error(406, "connection limit exceeded"));
                return;
            }

            _authenticated = true;
            Send(codec.Success("authenticated"));
        }

        private void Change(JsonElement message, bool add) =>
            Send(Subscription.Change(message, add) is var (code, text) ? codec.Error(code, text) : codec.State(Subscription));

        private static string? Text(JsonElement element, string name) =>
            element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private FrontDoor Door => _door;
}
