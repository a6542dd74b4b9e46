namespace StratForge.Strategies.Indicators;

/// <summary>Linearly weighted moving average of the last <paramref name="period"/> closes: the newest counts <paramref name="period"/> times, the oldest once.</summary>
/// <remarks><c>sum(i * close[i]) / (n * (n + 1) / 2)</c>. Streaming: <c>weighted = weighted + n * close - sum</c>, then the plain sum moves on as in <see cref="Sma"/>;
/// both are taken anew each time the window has been replaced as a whole.</remarks>
public sealed class Wma(int period) : Indicator
{
    private readonly double[] _window = new double[Checked(period)];
    private readonly double _weights = period * (period + 1.0) / 2.0;
    private int _next;
    private double _sum = double.NaN;
    private double _weighted = double.NaN;

    /// <inheritdoc/>
    public override int WarmUp => _window.Length;

    /// <inheritdoc/>
    public override void Update(in Bar bar) => Update(bar.Close);

    /// <summary>Takes the next value.</summary>
    public void Update(double value)
    {
        _weighted += (_window.Length * value) - _sum;
        _sum += value - _window[_next];
        _window[_next] = value;
        if (++_next == _window.Length)
        {
            _next = 0;
            _sum = 0;
            _weighted = 0;
            for (var i = 0; i < _window.Length; i++)
            {
                _sum += _window[i];
                _weighted += (i + 1) * _window[i];
            }
        }

        Push(_weighted / _weights);
    }
}
