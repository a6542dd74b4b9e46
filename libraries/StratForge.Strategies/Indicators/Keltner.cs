namespace StratForge.Strategies.Indicators;

/// <summary>Keltner channel: an exponential average of closes and so many average true ranges to both sides. Its own value is the middle.</summary>
/// <remarks>Chester W. Keltner, "How to Make Money in Commodities" (1960), in the form of Linda Raschke: <see cref="Ema"/> plus and minus <c>width</c> times <see cref="Atr"/>.</remarks>
public sealed class Keltner : Indicator
{
    private readonly double _width;
    private readonly Ema _middle;
    private readonly Atr _range;

    /// <summary>Starts with the given periods.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A period is out of range.</exception>
    public Keltner(int period = 20, double width = 2, int rangePeriod = 10)
    {
        _width = width;
        _middle = new Ema(period);
        _range = new Atr(rangePeriod);
    }

    /// <summary>Bars until the middle and both bands have a value.</summary>
    public override int WarmUp => Math.Max(_middle.WarmUp, _range.WarmUp);

    /// <summary>Middle plus <c>width</c> ranges.</summary>
    public Series Upper { get; } = new();

    /// <summary>Middle minus <c>width</c> ranges.</summary>
    public Series Lower { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        _middle.Update(bar.Close);
        _range.Update(bar);
        var reach = _width * _range.Value;
        Push(_middle.Value);
        Upper.Push(_middle.Value + reach);
        Lower.Push(_middle.Value - reach);
    }
}
