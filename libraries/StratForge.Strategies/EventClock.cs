namespace StratForge.Strategies;

/// <summary>The only clock of a strategy: the time of the event it handles. It stands still while a handler runs.</summary>
public sealed class EventClock
{
    internal EventClock()
    {
    }

    /// <summary>A bar's end, a trade's or a fill's time, UTC. Never goes back.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    /// <summary>The same in milliseconds since 1970 UTC.</summary>
    public long NowMs { get; private set; }

    internal void Advance(long atMs) => NowMs = Math.Max(NowMs, atMs);
}
