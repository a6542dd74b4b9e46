namespace StratForge.Strategies.Indicators;

/// <summary>Stochastic oscillator, 0 to 100. Its own value is %K, smoothed; <see cref="D"/> is %K's own average.</summary>
/// <remarks>George C. Lane, "Lane's Stochastics" (Technical Analysis of Stocks and Commodities, 1984). Raw: <c>100 * (close - lowest) / (highest - lowest)</c> of the last
/// <c>period</c> bars, 50 when they did not move; %K is its simple average over <c>smooth</c> bars, %D that of %K over <c>signal</c> bars.</remarks>
public sealed class Stochastic : Indicator
{
    private readonly int _period;
    private readonly SlidingRange _range;
    private readonly Sma _k;
    private readonly Sma _d;

    /// <summary>Starts with the given periods.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A period is out of range.</exception>
    public Stochastic(int period = 14, int smooth = 3, int signal = 3)
    {
        _period = Checked(period);
        _range = new SlidingRange(period);
        _k = new Sma(smooth);
        _d = new Sma(signal);
    }

    /// <summary>Bars until %K and %D both have a value.</summary>
    public override int WarmUp => _period + _k.WarmUp - 1 + _d.WarmUp - 1;

    /// <summary>%D, the average of %K.</summary>
    public Series D { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        _range.Update(bar);
        if (!double.IsNaN(_range.High))
        {
            var span = _range.High - _range.Low;
            _k.Update(span == 0 ? 50.0 : 100.0 * (bar.Close - _range.Low) / span);
            if (_k.IsReady)
            {
                _d.Update(_k.Value);
            }
        }

        Push(_k.Value);
        D.Push(_d.Value);
    }
}
