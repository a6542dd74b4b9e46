namespace StratForge.Strategies.Indicators;

/// <summary>Supertrend, quote currency: a stop so many average true ranges away from the price, that changes sides when a close goes through it.</summary>
/// <remarks>Olivier Seban's indicator, in its usual form. Bands at <c>(high + low) / 2</c> plus and minus <c>width * atr</c>; the upper one only falls while the close before lies below
/// it, the lower one only rises while the close before lies above it. The value is the lower band while the trend is up, the upper one while it is down; the trend turns
/// when a close lies beyond its band. It begins up when the first close with a range lies no lower than the middle of its bar.</remarks>
public sealed class Supertrend : Indicator
{
    private readonly double _width;
    private readonly Atr _range;
    private double _upper = double.NaN;
    private double _lower = double.NaN;
    private double _previousClose;

    /// <summary>Starts with the given period.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The period is out of range.</exception>
    public Supertrend(int period = 10, double width = 3)
    {
        _width = width;
        _range = new Atr(period);
    }

    /// <inheritdoc/>
    public override int WarmUp => _range.WarmUp;

    /// <summary>Whether the trend is up: the stop lies below the price.</summary>
    public bool IsUp { get; private set; }

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        _range.Update(bar);
        if (!_range.IsReady)
        {
            _previousClose = bar.Close;
            Push(double.NaN);
            return;
        }

        var middle = (bar.High + bar.Low) / 2;
        var reach = _width * _range.Value;
        var upper = middle + reach;
        var lower = middle - reach;
        if (double.IsNaN(_upper))
        {
            IsUp = bar.Close >= middle;
        }
        else
        {
            upper = upper < _upper || _previousClose > _upper ? upper : _upper;
            lower = lower > _lower || _previousClose < _lower ? lower : _lower;
            IsUp = IsUp ? bar.Close >= lower : bar.Close > upper;
        }

        _upper = upper;
        _lower = lower;
        _previousClose = bar.Close;
        Push(IsUp ? lower : upper);
    }
}
