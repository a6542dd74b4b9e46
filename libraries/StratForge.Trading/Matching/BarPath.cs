namespace StratForge.Trading.Matching;

/// <summary>The walk of the price inside one minute bar: open, first extreme, second extreme, close, a quarter minute each.</summary>
/// <remarks>
/// A rising bar visits its low first, a falling one its high. It is a convention: a bar does not say which came first, and this
/// order is the one that flatters neither side. Fills can be recomputed from a bar and the time of the fill.
/// </remarks>
public static class BarPath
{
    /// <summary>How long each of the four prices stands.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(15);

    /// <summary>Prices in a minute.</summary>
    public const int Steps = 4;

    /// <summary>The price that stands at <paramref name="sinceOpen"/> into the minute.</summary>
    /// <param name="open">First price of the bar.</param>
    /// <param name="high">Highest price of the bar.</param>
    /// <param name="low">Lowest price of the bar.</param>
    /// <param name="close">Last price of the bar.</param>
    /// <param name="sinceOpen">Zero up to, not including, one minute.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sinceOpen"/> lies outside the minute.</exception>
    public static decimal PriceAt(decimal open, decimal high, decimal low, decimal close, TimeSpan sinceOpen) =>
        PriceOfStep(open, high, low, close, StepAt(sinceOpen));

    /// <summary>The price of the quarter <paramref name="step"/>, 0 to 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is not 0 to 3.</exception>
    public static decimal PriceOfStep(decimal open, decimal high, decimal low, decimal close, int step) => step switch
    {
        0 => open,
        1 => close >= open ? low : high,
        2 => close >= open ? high : low,
        3 => close,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "A minute has steps 0 to 3."),
    };

    private static int StepAt(TimeSpan sinceOpen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sinceOpen, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sinceOpen, Steps * Step);
        return (int)(sinceOpen / Step);
    }
}
