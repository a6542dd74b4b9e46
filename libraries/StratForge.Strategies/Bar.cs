namespace StratForge.Strategies;

/// <summary>One finished bar. Prices are doubles, so that C# and Python compute the same bits.</summary>
/// <param name="Symbol">Ticker as the venue spells it: <c>SPY</c>, <c>BTC/USD</c>.</param>
/// <param name="OpensAtMs">Start of the bar, milliseconds since 1970 UTC.</param>
/// <param name="Open">First trade, quote currency per unit.</param>
/// <param name="High">Highest trade.</param>
/// <param name="Low">Lowest trade.</param>
/// <param name="Close">Last trade.</param>
/// <param name="Volume">Units traded; zero when nothing traded.</param>
/// <param name="Minutes">Its timeframe in minutes: 1, 15, 60, 1440 for a day.</param>
public readonly record struct Bar(
    string Symbol, long OpensAtMs, double Open, double High, double Low, double Close, double Volume, int Minutes = 1)
{
    /// <summary>Length of a one-minute bar, milliseconds.</summary>
    public const long LengthMs = 60_000;

    /// <summary>End of the bar, milliseconds since 1970 UTC. A stock's day ends with the exchange's regular session.</summary>
    public long ClosesAtMs { get; init; } = OpensAtMs + (Minutes * LengthMs);

    /// <summary>Start of the bar, UTC.</summary>
    public DateTimeOffset OpensAt => DateTimeOffset.FromUnixTimeMilliseconds(OpensAtMs);

    /// <summary>End of the bar, UTC: the first instant at which it can be known.</summary>
    public DateTimeOffset ClosesAt => DateTimeOffset.FromUnixTimeMilliseconds(ClosesAtMs);

    /// <summary>Its timeframe as <see cref="Strategy.Subscribe"/> spells it: <c>1m</c>, <c>15m</c>, <c>1h</c>, <c>1d</c>.</summary>
    public string Timeframe => Feeds.Timeframes.Spell(Minutes);
}
