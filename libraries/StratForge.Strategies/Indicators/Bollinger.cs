namespace StratForge.Strategies.Indicators;

/// <summary>Bollinger bands: the average of <paramref name="period"/> closes and <paramref name="width"/> standard deviations to both sides. Its own
/// value is the middle band.</summary>
/// <remarks>John Bollinger, "Bollinger on Bollinger Bands" (2001): population standard deviation.</remarks>
public sealed class Bollinger(int period = 20, double width = 2) : Indicator
{
    private readonly StdDev _deviation = new(period);

    /// <inheritdoc/>
    public override int WarmUp => _deviation.WarmUp;

    /// <summary>Middle plus <c>width</c> standard deviations.</summary>
    public Series Upper { get; } = new();

    /// <summary>Middle minus <c>width</c> standard deviations.</summary>
    public Series Lower { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        _deviation.Update(value);
        var reach = width * _deviation.Value;
        Push(_deviation.Mean);
        Upper.Push(_deviation.Mean + reach);
        Lower.Push(_deviation.Mean - reach);
    }
}
