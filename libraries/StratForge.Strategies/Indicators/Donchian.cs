namespace StratForge.Strategies.Indicators;

/// <summary>Donchian channel: highest high and lowest low of the last <paramref name="period"/> bars, the newest included. Its own value is the middle.</summary>
/// <remarks>A bar can't break out of a channel that holds it: compare a close with <c>Upper[1]</c>, the channel before the bar.</remarks>
public sealed class Donchian(int period = 20) : Indicator
{
    private readonly int _period = Checked(period);
    private readonly SlidingExtreme _highest = new(period);
    private readonly SlidingExtreme _lowest = new(period);
    private int _seen;

    /// <inheritdoc/>
    public override int WarmUp => _period;

    /// <summary>Highest high.</summary>
    public Series Upper { get; } = new();

    /// <summary>Lowest low.</summary>
    public Series Lower { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        var upper = _highest.Add(bar.High);
        var lower = -_lowest.Add(-bar.Low);
        if (_seen < _period && ++_seen < _period)
        {
            upper = lower = double.NaN;
        }

        Push((upper + lower) / 2);
        Upper.Push(upper);
        Lower.Push(lower);
    }

    // The largest of the last values. Only values that can still become the largest are kept: each enters and leaves once, so a
    // bar costs constant time on average, whatever the period.
    private sealed class SlidingExtreme(int period)
    {
        private readonly (long Index, double Value)[] _candidates = new (long, double)[period];
        private int _first;
        private int _count;
        private long _index;

        public double Add(double value)
        {
            if (_count > 0 && _candidates[_first].Index <= _index - period)
            {
                _first = (_first + 1) % period;
                _count--;
            }

            while (_count > 0 && _candidates[(_first + _count - 1) % period].Value <= value)
            {
                _count--;
            }

            _candidates[(_first + _count) % period] = (_index++, value);
            _count++;
            return _candidates[_first].Value;
        }
    }
}
