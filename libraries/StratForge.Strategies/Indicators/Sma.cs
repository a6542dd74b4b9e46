namespace StratForge.Strategies.Indicators;

/// <summary>Simple moving average of the last <paramref name="period"/> closes.</summary>
/// <remarks>A running sum: <c>sum = sum + (new - old)</c>, average = <c>sum / period</c>. Each time the window has been replaced as a whole
/// (every <paramref name="period"/> bars) the sum is taken anew, oldest slot first, so that rounding errors do not gather; the cost stays
/// constant on average.</remarks>
public sealed class Sma(int period) : Indicator
{
    private readonly double[] _window = new double[Checked(period)];
    private int _next;
    private double _sum = double.NaN;

    /// <inheritdoc/>
    public override int WarmUp => _window.Length;

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        // NaN until the window is full for the first time: the sum below is not known before.
        _sum += value - _window[_next];
        _window[_next] = value;
        if (++_next == _window.Length)
        {
            _next = 0;
            _sum = 0;
            foreach (var one in _window)
            {
                _sum += one;
            }
        }

        Push(_sum / _window.Length);
    }
}
