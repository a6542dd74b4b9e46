namespace StratForge.Strategies;

/// <summary>One finished one-minute bar. Prices are doubles, so that C# and Python compute the same bits.</summary>
/// <param name="Symbol">Ticker as the venue spells it: <c>SPY</c>, <c>BTC/USD</c>.</param>
/// <param name="OpensAtMs">Start of the bar, milliseconds since 1970 UTC. The bar covers one minute from there.</param>
/// <param name="Open">First trade, quote currency per unit.</param>
/// <param name="High">Highest trade.</param>
/// <param name="Low">Lowest trade.</param>
/// <param name="Close">Last trade.</param>
/// <param name="Volume">Units traded; zero when nothing traded.</param>
public readonly record struct Bar(
    string Symbol, long OpensAtMs, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>Length of a bar, milliseconds.</summary>
    public const long LengthMs = 60_000;

    /// <summary>Start of the bar, UTC.</summary>
    public DateTimeOffset OpensAt => DateTimeOffset.FromUnixTimeMilliseconds(OpensAtMs);

    /// <summary>End of the bar, UTC: the first instant at which it can be known.</summary>
    public DateTimeOffset ClosesAt => DateTimeOffset.FromUnixTimeMilliseconds(OpensAtMs + LengthMs);
}
