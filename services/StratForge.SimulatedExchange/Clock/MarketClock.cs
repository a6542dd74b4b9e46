using StratForge.SimulatedExchange.Market;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Clock;

/// <summary>Turns real time that passes into market time. Not thread-safe: the floor's lock guards it.</summary>
/// <remarks>Elapsed time counts, not the time of day: a machine that slept or a service that was down resumes where the market stood.</remarks>
internal sealed class MarketClock(PriceSource prices, TimeProvider time, double speed, DateTimeOffset start)
{
    // A pause of this process longer than this is not caught up: the market stood still with it.
    private static readonly TimeSpan LongestStride = TimeSpan.FromSeconds(5);

    private long _lastStamp = time.GetTimestamp();
    private TimeSpan _due;

    /// <summary>Market time, UTC, in whole microseconds wherever it is shown.</summary>
    public DateTimeOffset Now { get; private set; } = start;

    /// <summary>Whether there are no more bars: the clock stands, and so do the prices.</summary>
    public bool Ended { get; private set; } = start == PriceSource.MinuteOf(start) && prices.GoesOnAt(start) is null;

    /// <summary>Adds the real time since the last call to what is due.</summary>
    public void Collect()
    {
        var stamp = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_lastStamp, stamp);
        _lastStamp = stamp;
        _due += (elapsed < LongestStride ? elapsed : LongestStride) * speed;
    }

    /// <summary>Lets the real time since the last call pass without any effect: the market has not begun.</summary>
    public void Hold() => _lastStamp = time.GetTimestamp();

    /// <summary>Walks to the next quarter minute if that much time is due, else as far as it is.</summary>
    /// <returns>Whether the clock now stands on a quarter minute it has just reached.</returns>
    public bool Step()
    {
        var boundary = NextStep();
        var reach = Now + _due;
        var latest = prices.LatestAt(time.GetUtcNow());
        if (reach > latest)
        {
            reach = latest < Now ? Now : latest;
            _due = reach - Now;
        }

        if (Ended || reach < boundary)
        {
            Now = Ended ? Now : reach;
            _due = TimeSpan.Zero;
            return false;
        }

        _due -= boundary - Now;
        Now = boundary;
        return true;
    }

    /// <summary>On a whole minute: goes over a pause in the market, or ends it.</summary>
    /// <returns>Whether there was a pause and the clock now stands behind it.</returns>
    public bool SkipPause()
    {
        if (prices.GoesOnAt(Now) is not { } next)
        {
            Ended = true;
            return false;
        }

        var skipped = next > Now;
        Now = next;
        return skipped;
    }

    /// <summary>An instant for one command, later than that of every other; it may push the clock by a microsecond.</summary>
    public DateTimeOffset Stamp(DateTimeOffset last)
    {
        var now = Truncated(Now);
        return now > last ? now : last + TimeSpan.FromMicroseconds(1);
    }

    /// <summary>Real time until the next quarter minute.</summary>
    public TimeSpan UntilNextStep() => Ended ? TimeSpan.MaxValue : (NextStep() - Now - _due) / speed;

    public static DateTimeOffset Truncated(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private DateTimeOffset NextStep() =>
        new(Now.UtcTicks - (Now.UtcTicks % BarPath.Step.Ticks) + BarPath.Step.Ticks, TimeSpan.Zero);
}
