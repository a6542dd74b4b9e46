namespace StratForge.Strategies.Indicators;

/// <summary>Gives each value back after so many others.</summary>
internal sealed class Delay
{
    private readonly double[] _window;
    private int _next;

    /// <param name="period">How many values later.</param>
    public Delay(int period)
    {
        _window = new double[period];
        Array.Fill(_window, double.NaN);
    }

    /// <summary>Takes a value and gives the one taken <c>period</c> values before; NaN when there was none.</summary>
    public double Exchange(double value)
    {
        var before = _window[_next];
        _window[_next] = value;
        _next = _next + 1 == _window.Length ? 0 : _next + 1;
        return before;
    }
}
