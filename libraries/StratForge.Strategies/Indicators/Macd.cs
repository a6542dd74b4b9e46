namespace StratForge.Strategies.Indicators;

/// <summary>Moving average convergence/divergence of closes. Its own value is the line, fast minus slow average.</summary>
/// <remarks>Gerald Appel, "Technical Analysis: Power Tools for Active Investors" (2005). Each of the three averages is an <see cref="Ema"/> and
/// starts as one: the signal line's first value is the simple average of the line's first values.</remarks>
public sealed class Macd : Indicator
{
    private readonly Ema _fast;
    private readonly Ema _slow;
    private readonly Ema _smooth;

    /// <summary>Starts with the given periods.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A period is out of range, or fast is not below slow.</exception>
    public Macd(int fast = 12, int slow = 26, int signal = 9)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fast, slow);
        _fast = new Ema(fast);
        _slow = new Ema(slow);
        _smooth = new Ema(signal);
    }

    /// <summary>Bars until line, signal and histogram all have a value.</summary>
    public override int WarmUp => _slow.WarmUp + _smooth.WarmUp - 1;

    /// <summary>The line's own average.</summary>
    public Series Signal { get; } = new();

    /// <summary>Line minus signal.</summary>
    public Series Histogram { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        _fast.Update(value);
        _slow.Update(value);
        var line = _fast.Value - _slow.Value;
        if (_slow.IsReady)
        {
            _smooth.Update(line);
        }

        Push(line);
        Signal.Push(_smooth.Value);
        Histogram.Push(line - _smooth.Value);
    }
}
