namespace StratForge.Strategies.Indicators;

/// <summary>Exponential moving average of closes, weight 2 / (period + 1) on the newest.</summary>
/// <remarks>Starts with the simple average of the first <paramref name="period"/> closes (as TA-Lib does), then
/// <c>ema = ema + k * (close - ema)</c>.</remarks>
public sealed class Ema(int period) : Indicator
{
    private readonly int _period = Checked(period);
    private readonly double _weight = 2.0 / (period + 1);
    private int _seen;
    private double _sum;
    private double _average = double.NaN;

    /// <inheritdoc/>
    public override int WarmUp => _period;

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        if (_seen < _period)
        {
            _sum += value;
            if (++_seen == _period)
            {
                _average = _sum / _period;
            }
        }
        else
        {
            _average += _weight * (value - _average);
        }

        Push(_average);
    }
}
