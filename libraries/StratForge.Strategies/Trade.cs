namespace StratForge.Strategies;

/// <summary>One trade of the market.</summary>
/// <param name="Symbol">Ticker as the venue spells it.</param>
/// <param name="AtMs">When it happened, milliseconds since 1970 UTC.</param>
/// <param name="Price">Quote currency per unit.</param>
/// <param name="Size">Units.</param>
public readonly record struct Trade(string Symbol, long AtMs, double Price, double Size)
{
    /// <summary>When it happened, UTC.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtMs);
}
