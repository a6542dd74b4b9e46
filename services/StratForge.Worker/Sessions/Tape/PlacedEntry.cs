namespace StratForge.Worker.Sessions.Tape;

/// <summary>Something that has its place among the bars of one session.</summary>
/// <param name="afterSeq">Delivered after this bar and before the next.</param>
/// <param name="isTaped">Whether its place is stored.</param>
internal abstract class PlacedEntry(long afterSeq, bool isTaped)
{
    /// <summary>Delivered after this bar and before the next.</summary>
    public long AfterSeq { get; } = afterSeq;

    /// <summary>Whether its place is stored: before that, no strategy sees it.</summary>
    public bool IsTaped { get; set; } = isTaped;

    /// <summary>Less than zero when the one was told before the other.</summary>
    public static int Compare(PlacedEntry one, PlacedEntry other) => (one.AfterSeq, one.Rank).CompareTo((other.AfterSeq, other.Rank));

    // A tick comes behind the order event before it, and before the next.
    private (long Event, int Kind, long Number) Rank => this switch
    {
        TapeEntry update => (update.EventId, 0, 0),
        TickEntry tick => (tick.AfterEvent, 1, tick.Number),
        _ => throw new InvalidOperationException($"{GetType().Name} has no place."),
    };
}
