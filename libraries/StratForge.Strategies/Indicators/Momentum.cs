namespace StratForge.Strategies.Indicators;

/// <summary>Change of the close over <paramref name="period"/> bars, quote currency: <c>close - close[n]</c>.</summary>
/// <remarks>John J. Murphy, "Technical Analysis of the Financial Markets" (1999), chapter 10.</remarks>
public sealed class Momentum(int period = 10) : Indicator
{
    private readonly Delay _before = new(Checked(period));

    /// <inheritdoc/>
    public override int WarmUp => period + 1;

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value) => Push(value - _before.Exchange(value));
}
