namespace StratForge.Strategies.Indicators;

/// <summary>A row of numbers, one per bar, newest first. NaN stands for "not known yet".</summary>
public class Series
{
    /// <summary>Values kept to look back at.</summary>
    public const int Kept = 256;

    private readonly double[] _ring = new double[Kept];
    private int _newest;

    /// <summary>Starts without a value.</summary>
    public Series() => Array.Fill(_ring, double.NaN);

    /// <summary>The newest value; NaN while not ready.</summary>
    public double Value => _ring[_newest];

    /// <summary>Whether there is a value yet.</summary>
    public bool IsReady => !double.IsNaN(Value);

    /// <summary>The value <paramref name="ago"/> bars ago; NaN when there was none yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below zero, or not below <see cref="Kept"/>.</exception>
    public double this[int ago]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(ago);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ago, Kept);
            return _ring[(_newest - ago + Kept) % Kept];
        }
    }

    /// <summary>At the newest bar this row came from at or below <paramref name="other"/> to above it.</summary>
    public bool CrossedAbove(Series other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this[1] <= other[1] && Value > other.Value;
    }

    /// <summary>At the newest bar this row came from at or above <paramref name="other"/> to below it.</summary>
    public bool CrossedBelow(Series other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this[1] >= other[1] && Value < other.Value;
    }

    /// <summary>At the newest bar this row came from at or below <paramref name="level"/> to above it.</summary>
    public bool CrossedAbove(double level) => this[1] <= level && Value > level;

    /// <summary>At the newest bar this row came from at or above <paramref name="level"/> to below it.</summary>
    public bool CrossedBelow(double level) => this[1] >= level && Value < level;

    /// <summary>Appends the value of a new bar.</summary>
    protected internal void Push(double value)
    {
        _newest = (_newest + 1) % Kept;
        _ring[_newest] = value;
    }
}
