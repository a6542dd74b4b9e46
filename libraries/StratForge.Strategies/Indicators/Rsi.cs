namespace StratForge.Strategies.Indicators;

/// <summary>Relative strength index of closes, 0 to 100.</summary>
/// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978): average gain and loss start as simple averages of the first
/// <paramref name="period"/> changes, then <c>avg = (avg * (period - 1) + change) / period</c>. Written as <c>100 * gain / (gain + loss)</c>,
/// which is Wilder's <c>100 - 100 / (1 + gain / loss)</c> without its division by zero; 50 when nothing moved.</remarks>
public sealed class Rsi(int period = 14) : Indicator
{
    private readonly int _period = Checked(period);
    private int _changes = -1;
    private double _previous;
    private double _gain;
    private double _loss;

    /// <inheritdoc/>
    public override int WarmUp => _period + 1;

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        var change = value - _previous;
        _previous = value;
        if (_changes < 0)
        {
            _changes = 0;
            Push(double.NaN);
            return;
        }

        var up = change > 0 ? change : 0.0;
        var down = change < 0 ? -change : 0.0;
        if (_changes < _period)
        {
            _gain += up;
            _loss += down;
            if (++_changes < _period)
            {
                Push(double.NaN);
                return;
            }

            _gain /= _period;
            _loss /= _period;
        }
        else
        {
            _gain = ((_gain * (_period - 1)) + up) / _period;
            _loss = ((_loss * (_period - 1)) + down) / _period;
        }

        var moved = _gain + _loss;
        Push(moved == 0 ? 50.0 : 100.0 * _gain / moved);
    }
}
