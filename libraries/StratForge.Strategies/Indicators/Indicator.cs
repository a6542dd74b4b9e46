namespace StratForge.Strategies.Indicators;

/// <summary>A row of numbers computed from bars, each bar in constant (amortised) time.</summary>
/// <remarks>C# and Python compute the same bits: the same IEEE 754 double operations in the same order, nothing fused, nothing reordered.
/// Who changes a formula here changes it in python/stratforge/indicators as well; a test compares them bit by bit.</remarks>
public abstract class Indicator : Series
{
    /// <summary>Bars until the first value.</summary>
    public abstract int WarmUp { get; }

    /// <summary>Takes the next closed bar.</summary>
    public abstract void Update(in Bar bar);

    /// <summary>Checks a period: 1 to 10,000 bars.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    protected static int Checked(int period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, 10_000);
        return period;
    }
}
