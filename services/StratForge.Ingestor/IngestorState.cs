using System.Collections.Concurrent;
using StratForge.Contracts.Market;

namespace StratForge.Ingestor;

/// <summary>Where this instance stands, for those who ask from outside.</summary>
internal sealed class IngestorState
{
    private readonly ConcurrentDictionary<AssetClass, FeedState> _feeds = new();

    /// <summary>Whether this instance leads, or waits for the one that does.</summary>
    public bool Leads { get; private set; }

    public IReadOnlyDictionary<AssetClass, FeedState> Feeds => _feeds;

    public void Lead() => Leads = true;

    public void StepDown()
    {
        Leads = false;
        _feeds.Clear();
    }

    public void Report(AssetClass feed, FeedState state) => _feeds[feed] = state;
}

/// <summary>State of one feed.</summary>
/// <param name="Connected">Whether its stream stands.</param>
/// <param name="Symbols">Symbols it keeps.</param>
/// <param name="Live">Symbols of those that have caught up with the venue.</param>
/// <param name="LastMessageAt">When the venue last said anything, if it ever did.</param>
/// <param name="LostBecause">Why the stream does not stand, if it was lost.</param>
/// <param name="BarsOnly">Symbols without trades and quotes: the venue's plan has no room for them.</param>
/// <param name="Open">Whether the market traded when a silence was last looked into; null when none was.</param>
/// <param name="Silent">Symbols that bring no bars although the market trades.</param>
internal sealed record FeedState(
    bool Connected, int Symbols, int Live, DateTimeOffset? LastMessageAt, string? LostBecause, IReadOnlyList<string> BarsOnly,
    bool? Open, int Silent);
