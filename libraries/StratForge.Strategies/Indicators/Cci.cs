namespace StratForge.Strategies.Indicators;

/// <summary>Commodity channel index: how far the typical price lies from its average, in units of 0.015 mean deviations.</summary>
/// <remarks>Donald R. Lambert, "Commodity Channel Index" (Commodities, 1980): <c>(tp - mean) / (0.015 * mean of |tp[i] - mean|)</c> over the last <paramref name="period"/>
/// bars, <c>tp = (high + low + close) / 3</c>; 0 when nothing moved. The deviation is one from the newest mean, so all of the window is looked
/// at: the one indicator here whose bar costs as many steps as its period.</remarks>
public sealed class Cci(int period = 20) : Indicator
{
    private readonly double[] _window = new double[Checked(period)];
    private readonly Sma _mean = new(period);
    private int _next;

    /// <inheritdoc/>
    public override int WarmUp => _window.Length;

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        var typical = (bar.High + bar.Low + bar.Close) / 3.0;
        _mean.Update(typical);
        _window[_next] = typical;
        _next = _next + 1 == _window.Length ? 0 : _next + 1;
        if (!_mean.IsReady)
        {
            Push(double.NaN);
            return;
        }

        var mean = _mean.Value;
        var distance = 0.0;
        foreach (var one in _window)
        {
            distance += Math.Abs(one - mean);
        }

        Push(distance == 0 ? 0.0 : (typical - mean) / (0.015 * (distance / _window.Length)));
    }
}
