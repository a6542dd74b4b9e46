namespace StratForge.Strategies.Indicators;

/// <summary>Rate of change of the close over <paramref name="period"/> bars, percent: <c>100 * (close - close[n]) / close[n]</c>; 0 where
/// <c>close[n]</c> is zero.</summary>
/// <remarks>John J. Murphy, "Technical Analysis of the Financial Markets" (1999), chapter 10, in percent around zero.</remarks>
public sealed class Roc(int period = 10) : Indicator
{
    private readonly Delay _before = new(Checked(period));

    /// <inheritdoc/>
    public override int WarmUp => period + 1;

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        var before = _before.Exchange(value);
        Push(before == 0 ? 0 : 100.0 * (value - before) / before);
    }
}
