namespace StratForge.Strategies.Indicators;

/// <summary>Average directional index, 0 to 100: how strong a trend is, whichever way it goes. <see cref="PlusDi"/> and <see cref="MinusDi"/> say which.</summary>
/// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978). A bar moves up by <c>high - previous high</c> when that is positive and more than
/// <c>previous low - low</c>, down the other way round. Movements and true ranges are summed over the first <paramref name="period"/> changes, then
/// <c>sum = sum - sum / n + new</c>; <c>di = 100 * movement / range</c>, <c>dx = 100 * |plus - minus| / (plus + minus)</c>; the index starts as the mean of
/// the first <paramref name="period"/> values of dx, then <c>adx = (adx * (n - 1) + dx) / n</c>. What would be divided by zero is zero.</remarks>
public sealed class Adx(int period = 14) : Indicator
{
    private readonly int _period = Checked(period);
    private Bar _previous;
    private int _changes = -1;
    private int _strengths;
    private double _up;
    private double _down;
    private double _range;
    private double _sum;
    private double _average = double.NaN;

    /// <summary>Bars until the index has a value.</summary>
    public override int WarmUp => 2 * _period;

    /// <summary>Directional indicator of rising prices, 0 to 100.</summary>
    public Series PlusDi { get; } = new();

    /// <summary>Directional indicator of falling prices, 0 to 100.</summary>
    public Series MinusDi { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        var (plus, minus) = (double.NaN, double.NaN);
        if (_changes >= 0)
        {
            Move(bar);
            if (_changes == _period)
            {
                plus = _range == 0 ? 0.0 : 100.0 * _up / _range;
                minus = _range == 0 ? 0.0 : 100.0 * _down / _range;
                Average(plus + minus == 0 ? 0.0 : 100.0 * Math.Abs(plus - minus) / (plus + minus));
            }
        }
        else
        {
            _changes = 0;
        }

        _previous = bar;
        Push(_average);
        PlusDi.Push(plus);
        MinusDi.Push(minus);
    }

    private void Move(in Bar bar)
    {
        var rise = bar.High - _previous.High;
        var fall = _previous.Low - bar.Low;
        var up = rise > fall && rise > 0 ? rise : 0.0;
        var down = fall > rise && fall > 0 ? fall : 0.0;
        var range = Atr.TrueRange(bar, _previous.Close);
        if (_changes < _period)
        {
            _changes++;
            _up += up;
            _down += down;
            _range += range;
        }
        else
        {
            _up = _up - (_up / _period) + up;
            _down = _down - (_down / _period) + down;
            _range = _range - (_range / _period) + range;
        }
    }

    private void Average(double strength)
    {
        if (_strengths == _period)
        {
            _average = ((_average * (_period - 1)) + strength) / _period;
            return;
        }

        _sum += strength;
        if (++_strengths == _period)
        {
            _average = _sum / _period;
        }
    }
}
