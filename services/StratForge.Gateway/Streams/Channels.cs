using StratForge.Contracts;

namespace StratForge.Gateway.Streams;

/// <summary>What everyone may see of a symbol. Only the newest of each matters.</summary>
internal enum MarketChannel
{
    Bars,
    Trades,
    Quotes,
    Indicators,
    Statuses,
}

/// <summary>Kinds of a user's events, as they are stored.</summary>
[Flags]
internal enum EventKinds
{
    None = 0,
    Order = 1,
    Fill = 2,
    Portfolio = 4,
    Session = 8,
    Alert = 16,
}

/// <summary>What a user sees of their own affairs. Nothing of it is ever left out.</summary>
[Flags]
internal enum UserChannels
{
    None = 0,
    Orders = 1,
    Positions = 2,
    Portfolio = 4,
    Strategies = 8,
    Sessions = 16,
    Alerts = 32,
}

/// <summary>The channels as clients spell them, and what they mean on the bus and in <c>user_events</c>.</summary>
internal static class Channels
{
    /// <summary>A message every few seconds, as a sign of life for programs that can't see pings.</summary>
    public const string Heartbeat = "heartbeat";

    private static readonly (MarketChannel Channel, string Name, string Prefix)[] Market =
    [
        (MarketChannel.Bars, "market_data", Prefix(Topics.AllBars)),
        (MarketChannel.Trades, "market_trades", Prefix(Topics.AllTrades)),
        (MarketChannel.Quotes, "quotes", Prefix(Topics.AllQuotes)),
        (MarketChannel.Indicators, "indicators", Prefix(Topics.AllIndicators)),
        (MarketChannel.Statuses, "trading_status", Prefix(Topics.AllStatuses)),
    ];

    private static readonly (UserChannels Channel, string Name, EventKinds Kinds)[] User =
    [
        (UserChannels.Orders, "orders", EventKinds.Order | EventKinds.Fill),
        (UserChannels.Positions, "positions", EventKinds.Fill | EventKinds.Portfolio),
        (UserChannels.Portfolio, "portfolio", EventKinds.Fill | EventKinds.Portfolio),
        (UserChannels.Strategies, "strategies", EventKinds.Session),
        (UserChannels.Sessions, "sessions", EventKinds.Session),
        (UserChannels.Alerts, "alerts", EventKinds.Alert),
    ];

    /// <summary>Names of all market channels.</summary>
    public static IEnumerable<string> MarketNames => Market.Select(channel => channel.Name);

    /// <summary>Names of all channels of a user.</summary>
    public static IEnumerable<string> UserNames => User.Select(channel => channel.Name);

    public static string NameOf(MarketChannel channel) => Market[(int)channel].Name;

    public static MarketChannel? FindMarket(string name)
    {
        var at = Array.FindIndex(Market, channel => channel.Name == name);
        return at < 0 ? null : Market[at].Channel;
    }

    public static UserChannels FindUser(string name) => Array.Find(User, channel => channel.Name == name).Channel;

    /// <summary>Names of those in <paramref name="channels"/>.</summary>
    public static IEnumerable<string> NamesOf(UserChannels channels) =>
        User.Where(channel => channels.HasFlag(channel.Channel)).Select(channel => channel.Name);

    /// <summary>Kinds of events that belong to any of <paramref name="channels"/>.</summary>
    public static EventKinds KindsOf(UserChannels channels)
    {
        var kinds = EventKinds.None;
        foreach (var channel in User)
        {
            kinds |= channels.HasFlag(channel.Channel) ? channel.Kinds : EventKinds.None;
        }

        return kinds;
    }

    /// <summary>The kind of an event as it is stored; none for one that this version does not know.</summary>
    public static EventKinds KindOf(ReadOnlySpan<byte> kind) =>
        kind.SequenceEqual("order"u8) ? EventKinds.Order
        : kind.SequenceEqual("fill"u8) ? EventKinds.Fill
        : kind.SequenceEqual("portfolio"u8) ? EventKinds.Portfolio
        : kind.SequenceEqual("session"u8) ? EventKinds.Session
        : kind.SequenceEqual("alert"u8) ? EventKinds.Alert
        : EventKinds.None;

    /// <summary>The bus's name of a symbol in a channel.</summary>
    public static string TopicOf(MarketChannel channel, string symbol) => Market[(int)channel].Prefix + symbol;

    /// <summary>Takes a name of the bus apart.</summary>
    public static bool TryRead(ReadOnlySpan<char> topic, out MarketChannel channel, out string symbol)
    {
        foreach (var (known, _, prefix) in Market)
        {
            if (topic.StartsWith(prefix) && topic.Length > prefix.Length)
            {
                (channel, symbol) = (known, topic[prefix.Length..].ToString());
                return true;
            }
        }

        (channel, symbol) = (default, "");
        return false;
    }

    private static string Prefix(string pattern) => pattern[..^1];
}
