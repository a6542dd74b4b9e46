using StratForge.Alpaca;
using StratForge.Ingestor.Subscriptions;

namespace StratForge.Ingestor.Venues;

/// <summary>What a feed reacts to, one after the other.</summary>
internal abstract record FeedEvent
{
    private FeedEvent()
    {
    }

    /// <summary>All that is wanted.</summary>
    public sealed record Wanted(WantedSet Set) : FeedEvent;

    /// <summary>The stream said something.</summary>
    public sealed record Streamed(AlpacaMarketFrame Frame) : FeedEvent;

    /// <summary>The venue's history answered, in part or to the end.</summary>
    /// <param name="Symbol">For which symbol.</param>
    /// <param name="Attempt">In which catch-up.</param>
    /// <param name="Bars">In time order.</param>
    /// <param name="AsHistory">They get no numbers.</param>
    /// <param name="Through">Set with the last part: start of the last minute that was asked for.</param>
    /// <param name="ReceivedAt">When it answered.</param>
    public sealed record Answered(
        string Symbol, long Attempt, IReadOnlyList<AlpacaBar> Bars, bool AsHistory, DateTimeOffset? Through, DateTimeOffset ReceivedAt) : FeedEvent;

    /// <summary>It is time to look for symbols that have fallen silent.</summary>
    public sealed record Looked : FeedEvent
    {
        public static readonly Looked Now = new();
    }

    /// <summary>Symbols have been silent, and the venue said what time it is there.</summary>
    public sealed record Silent(IReadOnlyList<string> Symbols, DateTimeOffset VenueNow) : FeedEvent;

    /// <summary>The bar that waits lies ahead of the venue's own clock, so it cannot be true.</summary>
    public sealed record Refuted(string Symbol, long Attempt) : FeedEvent;
}
