namespace StratForge.Contracts;

/// <summary>Names on the Redis bus: channels and sets that more than one process speaks.</summary>
/// <remarks>Redis loses messages by design. What must not be lost is in Postgres before it is published.</remarks>
public static class Topics
{
    /// <summary>Control messages, <see cref="Market.SubscriptionUpdate"/>: a symbol is wanted, a session was stopped.</summary>
    public const string SubscriptionUpdates = "system:subscription_updates";

    /// <summary>Limits or switches of trading were changed; the message is the number of the newest change in <c>risk_changes</c>.</summary>
    public const string RiskChanges = "system:risk_changes";

    /// <summary>Set of stock symbols that the ingestor keeps subscribed.</summary>
    public const string ActiveStocks = "active_subscriptions:stock";

    /// <summary>Set of crypto pairs that the ingestor keeps subscribed.</summary>
    public const string ActiveCrypto = "active_subscriptions:crypto";

    /// <summary>Signals of price levels from an engine outside of the platform, relayed as they are (<c>levels.signals.v1</c>).</summary>
    public const string LevelSignals = "levels.signals";

    /// <summary>What every other topic begins with that may be relayed as it is.</summary>
    public const string RelayPrefix = "relay:";

    /// <summary>Pattern of every channel of indicators.</summary>
    public const string AllIndicators = "indicators:*";

    /// <summary>Pattern of every bar channel.</summary>
    public const string AllBars = "market_data:*";

    /// <summary>Pattern of every trade channel.</summary>
    public const string AllTrades = "market_trades:*";

    /// <summary>Pattern of every quote channel.</summary>
    public const string AllQuotes = "market_quotes:*";

    /// <summary>Pattern of every channel of trading statuses.</summary>
    public const string AllStatuses = "market_status:*";

    /// <summary>Pattern of every user's event channel.</summary>
    public const string AllUserEvents = "user_events:*";

    /// <summary>Closed bars of one symbol, <see cref="Market.BarMessage"/>.</summary>
    public static string Bars(string symbol) => $"market_data:{symbol}";

    /// <summary>Trades of one symbol, <see cref="Market.TradeTick"/>.</summary>
    public static string Trades(string symbol) => $"market_trades:{symbol}";

    /// <summary>Quotes of one symbol, <see cref="Market.QuoteTick"/>.</summary>
    public static string Quotes(string symbol) => $"market_quotes:{symbol}";

    /// <summary>Whether one symbol trades, <see cref="Market.TradingStatus"/>.</summary>
    public static string Statuses(string symbol) => $"market_status:{symbol}";

    /// <summary>Events of one user, <see cref="Orders.UserEvent"/>.</summary>
    public static string UserEvents(Guid userId) => $"user_events:{userId}";

    /// <summary>The set that holds the wanted symbols of one asset class.</summary>
    public static string Active(Market.AssetClass assetClass) =>
        assetClass == Market.AssetClass.Crypto ? ActiveCrypto : ActiveStocks;
}
