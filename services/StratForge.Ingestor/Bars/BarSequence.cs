namespace StratForge.Ingestor.Bars;

/// <summary>Numbers the bars of one symbol: in time order, each once, without gaps in the numbers. Pure; the store makes it last.</summary>
/// <param name="lastAt">Start of the last numbered bar, or the instant after which bars are numbered.</param>
/// <param name="lastSeq">Number of the last bar; zero before the first.</param>
internal sealed class BarSequence(DateTimeOffset lastAt, long lastSeq)
{
    // Up to here the venue's history was asked for bars that the stream did not bring: what is missing there never was.
    private DateTimeOffset _askedThrough = DateTimeOffset.MinValue;

    public DateTimeOffset LastAt { get; private set; } = lastAt;

    public long LastSeq { get; private set; } = lastSeq;

    /// <summary>What to do with a bar that starts at <paramref name="time"/>.</summary>
    public BarPlace PlaceOf(DateTimeOffset time)
    {
        if (time <= LastAt)
        {
            return BarPlace.Known;
        }

        var minuteBefore = time - Timeframe.Length;
        return minuteBefore <= LastAt || minuteBefore <= _askedThrough ? BarPlace.Next : BarPlace.AfterGap;
    }

    /// <summary>Gives the next number to the bar that starts at <paramref name="time"/>.</summary>
    public long Append(DateTimeOffset time)
    {
        if (time <= LastAt)
        {
            throw new InvalidOperationException($"A bar of {time:O} cannot follow one of {LastAt:O}.");
        }

        LastAt = time;
        return ++LastSeq;
    }

    /// <summary>The venue's history was read up to and including <paramref name="through"/>.</summary>
    public void AskedThrough(DateTimeOffset through)
    {
        if (through > _askedThrough)
        {
            _askedThrough = through;
        }
    }
}

/// <summary>Where a bar stands relative to the last numbered one.</summary>
internal enum BarPlace
{
    /// <summary>Numbered already, or history.</summary>
    Known,

    /// <summary>The next to be numbered.</summary>
    Next,

    /// <summary>Minutes lie between that nobody asked the venue about.</summary>
    AfterGap,
}
