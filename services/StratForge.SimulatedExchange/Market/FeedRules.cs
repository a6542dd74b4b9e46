using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Market;

/// <summary>Which stock feeds there are, and how recent a consolidated price the plan shows.</summary>
internal static class FeedRules
{
    private const string Consolidated = "sip";

    private static readonly TimeSpan DelayOfBasic = TimeSpan.FromMinutes(15);

    private static readonly Refusal RecentDenied = new(403, null, "subscription does not permit querying recent SIP data");

    private static readonly HashSet<string> Feeds = [Consolidated, "iex", "delayed_sip", "boats", "overnight", "otc"];

    /// <summary>Whether a feed has a name that is known. None at all is a feed too: the default.</summary>
    public static Refusal? CheckName(string feed) => feed.Length == 0 || Feeds.Contains(feed) ? null : Refusals.Data($"invalid feed: {feed}");

    /// <summary>On the basic plan consolidated history ends a quarter of an hour ago; who asks for more gets nothing at all.</summary>
    public static Refusal? CheckHistory(DataQuery query, MarketDataPlan plan, DateTimeOffset now) =>
        plan == MarketDataPlan.Basic && query.Feed is "" or Consolidated && query.End > now - DelayOfBasic ? RecentDenied : null;

    /// <summary>Where history ends when the query does not say.</summary>
    public static DateTimeOffset NewestOf(DataQuery query, MarketDataPlan plan, DateTimeOffset now) =>
        plan == MarketDataPlan.Basic && query.Feed is "" or Consolidated ? now - DelayOfBasic : now;

    /// <summary>Latest values come from the feed the plan has unless the query names another.</summary>
    public static Refusal? CheckLatest(string feed, MarketDataPlan plan) =>
        CheckName(feed) ?? (plan == MarketDataPlan.Basic && feed == Consolidated ? RecentDenied : null);
}
