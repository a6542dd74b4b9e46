namespace StratForge.Strategies.Indicators;

/// <summary>Parabolic stop and reverse, quote currency: a stop that follows a trend faster and faster, and changes sides when it is hit.</summary>
/// <remarks>J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978). Within a trend <c>sar = sar + factor * (extreme - sar)</c>, but never inside the last two bars;
/// each new extreme raises the factor by <paramref name="step"/> up to <paramref name="most"/>. A bar that touches the stop reverses the trend: the stop goes to the
/// extreme of the trend that ended (or the bar's own, if that lies beyond), the factor begins anew. The trend begins with the second bar: up when it closes no lower than the first.</remarks>
public sealed class ParabolicSar(double step = 0.02, double most = 0.2) : Indicator
{
    private readonly double _step = step > 0 && step <= most ? step : throw new ArgumentOutOfRangeException(nameof(step));
    private int _seen;
    private Bar _one;
    private Bar _two;
    private double _sar;
    private double _extreme;
    private double _factor;

    /// <inheritdoc/>
    public override int WarmUp => 2;

    /// <summary>Whether the trend is up: the stop lies below the price.</summary>
    public bool IsUp { get; private set; }

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        if (_seen == 0)
        {
            _seen = 1;
            Push(double.NaN);
        }
        else if (_seen == 1)
        {
            _seen = 2;
            IsUp = bar.Close >= _one.Close;
            _factor = _step;
            _sar = IsUp ? Lower(_one.Low, bar.Low) : Higher(_one.High, bar.High);
            _extreme = IsUp ? Higher(_one.High, bar.High) : Lower(_one.Low, bar.Low);
            Push(_sar);
        }
        else
        {
            _sar += _factor * (_extreme - _sar);
            if (IsUp)
            {
                FollowUp(bar);
            }
            else
            {
                FollowDown(bar);
            }

            Push(_sar);
        }

        _two = _one;
        _one = bar;
    }

    private void FollowUp(in Bar bar)
    {
        _sar = Lower(_sar, Lower(_one.Low, _two.Low));
        if (bar.Low < _sar)
        {
            IsUp = false;
            _sar = Higher(_extreme, bar.High);
            _extreme = bar.Low;
            _factor = _step;
        }
        else if (bar.High > _extreme)
        {
            _extreme = bar.High;
            _factor = Lower(_factor + _step, most);
        }
    }

    private void FollowDown(in Bar bar)
    {
        _sar = Higher(_sar, Higher(_one.High, _two.High));
        if (bar.High > _sar)
        {
            IsUp = true;
            _sar = Lower(_extreme, bar.Low);
            _extreme = bar.High;
            _factor = _step;
        }
        else if (bar.Low < _extreme)
        {
            _extreme = bar.Low;
            _factor = Lower(_factor + _step, most);
        }
    }

    private static double Lower(double one, double other) => other < one ? other : one;

    private static double Higher(double one, double other) => other > one ? other : one;
}
