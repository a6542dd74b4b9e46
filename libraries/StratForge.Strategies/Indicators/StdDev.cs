namespace StratForge.Strategies.Indicators;

/// <summary>Population standard deviation of the last <paramref name="period"/> closes, quote currency.</summary>
/// <remarks>Welford's update for a sliding window (mean and sum of squared distances move by the value that enters and the one that leaves). Each
/// time the window has been replaced as a whole both are taken anew in two passes, so that rounding errors do not gather. A sum
/// that rounding pushed below zero counts as zero.</remarks>
public sealed class StdDev(int period) : Indicator
{
    private readonly double[] _window = new double[Checked(period)];
    private int _next;
    private double _squares = double.NaN;

    /// <inheritdoc/>
    public override int WarmUp => _window.Length;

    /// <summary>Mean of the same window; NaN while not ready.</summary>
    public double Mean { get; private set; } = double.NaN;

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        var count = _window.Length;
        var old = _window[_next];
        _window[_next] = value;
        if (++_next == count)
        {
            _next = 0;
            TakeAnew();
        }
        else
        {
            var change = value - old;
            var mean = Mean + (change / count);
            _squares += change * ((value - mean) + (old - Mean));
            Mean = mean;
        }

        var squares = _squares < 0 ? 0.0 : _squares;
        Push(Math.Sqrt(squares / count));
    }

    private void TakeAnew()
    {
        var sum = 0.0;
        foreach (var one in _window)
        {
            sum += one;
        }

        Mean = sum / _window.Length;
        _squares = 0.0;
        foreach (var one in _window)
        {
            var distance = one - Mean;
            _squares += distance * distance;
        }
    }
}
