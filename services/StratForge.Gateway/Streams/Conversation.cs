using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Delivery;
using StratForge.Gateway.Streams.Protocol;

namespace StratForge.Gateway.Streams;

/// <summary>What one client says and is answered, whatever carries it. One message after the other.</summary>
internal sealed class Conversation(StreamServices services, StreamLoop loop, StreamClient client, StreamDoor door, Topic? relay)
{
    private HashSet<string>? _symbols;
    private Dictionary<MarketChannel, SortedSet<string>>? _market;
    private UserChannels _channels;
    private bool _heartbeat;
    private long? _lastEventId;

    /// <summary>Who it is; null until known.</summary>
    public Caller? Caller { get; private set; }

    /// <summary>What it is greeted with once it is known who it is; relayed connections carry nothing but their topic.</summary>
    public byte[]? Greeting(Caller caller) =>
        door == StreamDoor.Relay ? null : client.Wrap(Json(new Welcome("welcome", caller.UserId), StreamJson.Default.Welcome));

    /// <summary>Takes the client for someone. The place among that user's connections was taken.</summary>
    public void Admit(Caller caller)
    {
        Caller = caller;
        client.FamilyId = caller.FamilyId;
    }

    /// <summary>Answers one message.</summary>
    public async Task HandleAsync(ClientMessage? message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case { Action: "auth" }:
                await SignInAsync(message.Token ?? "", cancellationToken);
                break;
            case { Action: "ping" }:
                Say("""{"type":"pong"}"""u8);
                break;
            case { Action: "subscribe" or "unsubscribe" } when Caller is null && door != StreamDoor.Relay:
                Refuse("sign-in-first", "Send {\"action\":\"auth\",\"token\":…} first.");
                break;
            case { Action: "subscribe" or "unsubscribe" } when door == StreamDoor.Relay:
                Refuse("nothing-to-subscribe", "Here comes one topic as it is; connect to /live or /market for channels.");
                break;
            case { Action: "subscribe" }:
                await SubscribeAsync(message, cancellationToken);
                break;
            case { Action: "unsubscribe" }:
                Unsubscribe(message);
                break;
            case null:
                Refuse("malformed-json", "A message is a JSON object with an action.");
                break;
            default:
                Refuse("unknown-action", "There are auth, subscribe, unsubscribe and ping.");
                break;
        }
    }

    /// <summary>Why a subscription can never be; null when it can.</summary>
    public StreamError? FaultOf(ClientMessage message) => Understand(message, out var wish) ?? FaultOf(wish);

    /// <summary>Why a subscription can't be now, with all that its user watches; null when it can.</summary>
    public StreamError? FullnessFor(ClientMessage message) =>
        Understand(message, out var wish) is null && wish.Market.Count > 0 && services.UserSymbols.FaultOf(Caller!.UserId, FreshOf(wish)) is { } full
            ? TooManyWatched(full)
            : null;

    /// <summary>Subscribes as asked, or says what is wrong with it and changes nothing.</summary>
    /// <returns>Whether it is done.</returns>
    public async Task<bool> SubscribeAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        if ((Understand(message, out var wish) ?? FaultOf(wish)) is { } fault)
        {
            Refuse(fault);
            return false;
        }

        var fresh = FreshOf(wish);
        if (fresh.Length > 0 && services.UserSymbols.TryWatch(Caller!.UserId, fresh) is { } full)
        {
            Refuse(TooManyWatched(full));
            return false;
        }

        Watch(fresh);
        if (wish.User == UserChannels.None && message.LastEventId is null)
        {
            Take(wish);
            Acknowledge();
        }
        else if (!await FollowAsync(wish, message.LastEventId, cancellationToken))
        {
            Unwatch(fresh);
            return false;
        }

        if (wish.Market.Count > 0)
        {
            var topics = TopicsOf(wish);
            loop.Post(() => loop.Watch(client, topics));
        }

        return true;
    }

    /// <summary>Gives back what the client held outside of its loop.</summary>
    public void End()
    {
        if (_symbols is { Count: > 0 } symbols)
        {
            Unwatch([.. symbols]);
        }
    }

    private void Unsubscribe(ClientMessage message)
    {
        if (Understand(message, out var wish) is { } fault)
        {
            Refuse(fault);
            return;
        }

        if (wish.User != UserChannels.None)
        {
            _channels &= ~wish.User;
            loop.Post(() => loop.Unfollow(client, wish.User));
        }

        var left = new List<Topic>();
        foreach (var channel in wish.Market)
        {
            var symbols = SymbolsOf(channel);
            string[] going = wish.Symbols.Length == 0 ? [.. symbols] : [.. wish.Symbols.Intersect(symbols)];
            left.AddRange(TopicsOf(new Wish([channel], UserChannels.None, false, going)));
            symbols.ExceptWith(going);
            if (symbols.Count == 0)
            {
                _market!.Remove(channel);
            }
        }

        if (left.Count > 0)
        {
            loop.Post(() => StreamLoop.Unwatch(client, left));
            var still = _market!.Values.SelectMany(symbols => symbols).ToHashSet(StringComparer.Ordinal);
            string[] gone = [.. _symbols!.Where(symbol => !still.Contains(symbol))];
            Unwatch(gone);
        }

        if (wish.Heartbeat)
        {
            _heartbeat = false;
            loop.Post(() => loop.Heartbeat(client, false));
        }

        Acknowledge();
    }

    private async Task SignInAsync(string token, CancellationToken cancellationToken)
    {
        if (Caller is not null)
        {
            Refuse("already-signed-in", "This connection is signed in; it lives as long as the sign-in does.");
            return;
        }

        Caller? caller;
        try
        {
            caller = await services.Bearers.FindAsync(token, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            Refuse("temporarily-unavailable", "Sign-ins can't be looked up this moment. Send the token again shortly.");
            return;
        }

        if (caller is null)
        {
            Refuse("invalid-token", "The access token or API key is not valid (any more). POST /api/auth/login or /api/auth/refresh gives a token.");
            Close(CloseCode.SignInFirst, "The access token or API key is not valid.");
            return;
        }

        if (services.Admission.TryEnter(caller.UserId) is { } reason)
        {
            Refuse("too-many-connections", reason);
            Close(CloseCode.TooMany, reason);
            return;
        }

        Caller = caller;
        var greeting = Greeting(caller);
        loop.Post(() => loop.SignedIn(client, caller.FamilyId, greeting, relay));
    }

    private async Task<bool> FollowAsync(Wish wish, long? after, CancellationToken cancellationToken)
    {
        var userId = Caller!.UserId;
        await loop.AskAsync(() => loop.Expect(userId));
        KeptEvents? kept = null;
        try
        {
            kept = await services.Store.FindKeptAsync(userId, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // Without the number nobody knows what "from now" is; the place that is kept is given back below.
        }

        if (kept is null)
        {
            await loop.AskAsync(() => loop.Unexpect(userId));
            Refuse("temporarily-unavailable", "Events can't be read this moment. Ask again shortly.");
            return false;
        }

        Take(wish);
        // Behind a gap that cannot be filled nothing is better than the beginning of now.
        var from = after < kept.GoneThrough ? kept.Tail : after;
        await loop.AskAsync(() => loop.Follow(client, userId, _channels, from, kept.Tail, begins => AnswersTo(after, kept, begins)));
        return true;
    }

    // Called on the loop, while the conversation waits for it: only there is certain what comes behind the answer.
    private IEnumerable<byte[]> AnswersTo(long? after, KeptEvents kept, long? from)
    {
        _lastEventId = from ?? kept.Tail;
        if (from is null)
        {
            yield return Refusal(Error(
                "unknown-event", $"There is no event {after} yet; the last is {kept.Tail}. Events follow from there: read your orders and portfolio anew."));
        }
        else if (after < kept.GoneThrough)
        {
            yield return Refusal(Error(
                "events-gone",
                $"Events up to {kept.GoneThrough} are no longer kept, so some after {after} are missing. Events follow from {from}: read your orders and portfolio anew."));
        }

        yield return Acknowledgement();
    }

    private void Take(Wish wish)
    {
        _channels |= wish.User;
        if (wish.Heartbeat && !_heartbeat)
        {
            _heartbeat = true;
            loop.Post(() => loop.Heartbeat(client, true));
        }

        foreach (var channel in wish.Market)
        {
            SymbolsOf(channel).UnionWith(wish.Symbols);
        }
    }

    // Its places were taken.
    private void Watch(string[] fresh)
    {
        if (fresh.Length > 0)
        {
            _symbols ??= new HashSet<string>(StringComparer.Ordinal);
            _symbols.UnionWith(fresh);
            services.Watched.Want(fresh);
        }
    }

    private void Unwatch(string[] gone)
    {
        if (gone.Length > 0)
        {
            _symbols!.ExceptWith(gone);
            services.Watched.Release(gone);
            services.UserSymbols.Leave(Caller!.UserId, gone);
        }
    }

    private string[] FreshOf(Wish wish) => wish.Market.Count == 0 ? [] : [.. wish.Symbols.Where(symbol => _symbols?.Contains(symbol) != true)];

    private StreamError? Understand(ClientMessage message, out Wish wish)
    {
        wish = new Wish([], UserChannels.None, false, [.. (message.Symbols ?? []).Distinct(StringComparer.Ordinal)]);
        foreach (var name in message.Channels ?? [])
        {
            if (Channels.FindMarket(name ?? "") is { } channel)
            {
                wish.Market.Add(channel);
            }
            else if (name == Channels.Heartbeat)
            {
                wish = wish with { Heartbeat = true };
            }
            else if (door == StreamDoor.Live && Channels.FindUser(name ?? "") is not UserChannels.None and var user)
            {
                wish = wish with { User = wish.User | user };
            }
            else
            {
                var names = door == StreamDoor.Live ? Channels.UserNames.Concat(Channels.MarketNames) : Channels.MarketNames;
                return Error("unknown-channel", $"There is no channel '{name}' here; there are {string.Join(", ", names)} and {Channels.Heartbeat}.");
            }
        }

        return message.Channels is { Length: > 0 } ? null : Error("channels-required", "Name at least one channel in channels.");
    }

    private StreamError? FaultOf(Wish wish)
    {
        var most = services.Options.SymbolsPerChannel;
        return wish.Market.Count == 0 ? null
            : wish.Symbols.Length == 0 ? Error("symbols-required", "Market channels come by symbol: name some in symbols.")
            : Array.Find(wish.Symbols, symbol => !IsKnown(symbol)) is { } unknown ? Error(
                "unknown-symbol", $"The broker does not trade '{unknown}'. Symbols are spelled AAPL or BTC/USD; GET /api/market-data/symbols lists them.")
            : wish.Market.Exists(channel => wish.Symbols.Union(SymbolsOf(channel)).Count() > most) ? Error(
                "too-many-symbols", $"A connection may have {most} symbols in a channel.")
            : null;
    }

    private bool IsKnown(string symbol) =>
        Symbols.IsWellFormed(symbol) && (!services.Assets.Known || services.Assets.Find(symbol) is { Tradable: true });

    private List<Topic> TopicsOf(Wish wish) =>
        [.. wish.Market.SelectMany(channel => wish.Symbols.Select(symbol => services.Topics.Of(channel, symbol))).OfType<Topic>()];

    private SortedSet<string> SymbolsOf(MarketChannel channel)
    {
        _market ??= [];
        if (!_market.TryGetValue(channel, out var symbols))
        {
            _market[channel] = symbols = new SortedSet<string>(StringComparer.Ordinal);
        }

        return symbols;
    }

    private void Acknowledge() => Say(Acknowledgement());

    private byte[] Acknowledgement()
    {
        var market = (_market ?? []).Where(entry => entry.Value.Count > 0).OrderBy(entry => entry.Key).ToArray();
        string[] channels =
        [
            .. Channels.NamesOf(_channels), .. market.Select(entry => Channels.NameOf(entry.Key)), .. _heartbeat ? [Channels.Heartbeat] : (string[])[],
        ];
        return Json(
            new Subscribed(
                "subscribed", channels,
                market.ToDictionary(entry => Channels.NameOf(entry.Key), entry => (IReadOnlyList<string>)[.. entry.Value], StringComparer.Ordinal),
                _channels == UserChannels.None ? null : _lastEventId),
            StreamJson.Default.Subscribed);
    }

    private void Refuse(string code, string message) => Refuse(Error(code, message));

    private void Refuse(StreamError error) => Say(Refusal(error));

    private static StreamError TooManyWatched(string message) => Error("too-many-watched-symbols", message);

    private static StreamError Error(string code, string message) => new("error", code, message);

    private static byte[] Refusal(StreamError error) => Json(error, StreamJson.Default.StreamError);

    private void Say(ReadOnlySpan<byte> json)
    {
        var frame = client.Wrap(json);
        loop.Post(() => loop.Answer(client, frame));
    }

    private void Close(CloseCode code, string reason) => loop.Post(() => loop.Close(client, code, reason));

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private sealed record Wish(List<MarketChannel> Market, UserChannels User, bool Heartbeat, string[] Symbols);
}

/// <summary>What conversations need of the rest of the gateway.</summary>
internal sealed class StreamServices(
    Microsoft.Extensions.Options.IOptions<StreamOptions> options, Bearers bearers, Admission admission, UserEventStore store,
    StreamTopics topics, WatchedSymbols watched, UserSymbols userSymbols, ListedAssets assets)
{
    public StreamOptions Options => options.Value;

    public Bearers Bearers => bearers;

    public Admission Admission => admission;

    public UserEventStore Store => store;

    public StreamTopics Topics => topics;

    public WatchedSymbols Watched => watched;

    public UserSymbols UserSymbols => userSymbols;

    public ListedAssets Assets => assets;
}
