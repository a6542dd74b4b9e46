namespace StratForge.Strategies.Indicators;

/// <summary>Average true range over <paramref name="period"/> bars, quote currency.</summary>
/// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978): the true range is the largest of high - low, |high - previous close|,
/// |low - previous close|; the average starts as the simple one of the first <paramref name="period"/> ranges that have a previous close,
/// then <c>atr = (atr * (period - 1) + range) / period</c>.</remarks>
public sealed class Atr(int period = 14) : Indicator
{
    private readonly int _period = Checked(period);
    private int _ranges = -1;
    private double _previousClose;
    private double _sum;
    private double _average = double.NaN;

    /// <inheritdoc/>
    public override int WarmUp => _period + 1;

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        if (_ranges >= 0)
        {
            var range = TrueRange(bar, _previousClose);
            if (_ranges < _period)
            {
                _sum += range;
                if (_ranges + 1 == _period)
                {
                    _average = _sum / _period;
                }
            }
            else
            {
                _average = ((_average * (_period - 1)) + range) / _period;
            }
        }

        _ranges = Math.Min(_ranges + 1, _period);
        _previousClose = bar.Close;
        Push(_average);
    }

    /// <summary>The largest of high - low, |high - previous close|, |low - previous close|.</summary>
    internal static double TrueRange(in Bar bar, double previousClose)
    {
        var range = bar.High - bar.Low;
        var fromHigh = Math.Abs(bar.High - previousClose);
        var fromLow = Math.Abs(bar.Low - previousClose);
        range = fromHigh > range ? fromHigh : range;
        return fromLow > range ? fromLow : range;
    }
}
