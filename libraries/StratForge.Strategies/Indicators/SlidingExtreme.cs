namespace StratForge.Strategies.Indicators;

/// <summary>The largest of the last values.</summary>
/// <remarks>Only values that can still become the largest are kept: each enters and leaves once, so a bar costs constant time on average,
/// whatever the period. The smallest is the largest of the negated values, negated.</remarks>
internal sealed class SlidingExtreme(int period)
{
    private readonly (long Index, double Value)[] _candidates = new (long, double)[period];
    private int _first;
    private int _count;
    private long _index;

    /// <summary>Takes the next value and gives the largest of the last <c>period</c>.</summary>
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

/// <summary>Highest high and lowest low of the last bars, the newest included.</summary>
internal sealed class SlidingRange(int period)
{
    private readonly SlidingExtreme _highest = new(period);
    private readonly SlidingExtreme _lowest = new(period);
    private int _seen;

    /// <summary>Highest high; NaN until there are enough bars.</summary>
    public double High { get; private set; } = double.NaN;

    /// <summary>Lowest low; NaN until there are enough bars.</summary>
    public double Low { get; private set; } = double.NaN;

    /// <summary>Half way between the two.</summary>
    public double Middle => (High + Low) / 2;

    public void Update(in Bar bar)
    {
        var high = _highest.Add(bar.High);
        var low = -_lowest.Add(-bar.Low);
        if (_seen < period && ++_seen < period)
        {
            return;
        }

        High = high;
        Low = low;
    }
}
