using System.Collections;

namespace StratForge.Strategies;

/// <summary>The bars seen so far, newest first: <c>Bars[0]</c> is the bar being handled, <c>Bars[1]</c> the one before.</summary>
/// <remarks>Keeps the newest 1,000 bars, or as many as the warm-up wants if that is more.</remarks>
public sealed class BarHistory : IReadOnlyList<Bar>
{
    /// <summary>Bars kept at least.</summary>
    public const int LeastKept = 1_000;

    private Bar[] _ring = new Bar[64];
    private int _limit = LeastKept;
    private int _newest = -1;

    internal BarHistory()
    {
    }

    /// <summary>Bars that can be looked at.</summary>
    public int Count { get; private set; }

    /// <summary>The bar <paramref name="ago"/> bars before the newest.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below zero (the future is not there), or not below <see cref="Count"/>.</exception>
    public Bar this[int ago]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(ago);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ago, Count);
            return _ring[(_newest - ago + _ring.Length) % _ring.Length];
        }
    }

    /// <summary>The newest <paramref name="count"/> bars (fewer when fewer are there), oldest first.</summary>
    public IReadOnlyList<Bar> Last(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var bars = new Bar[Math.Min(count, Count)];
        for (var i = 0; i < bars.Length; i++)
        {
            bars[i] = this[bars.Length - 1 - i];
        }

        return bars;
    }

    /// <inheritdoc/>
    public IEnumerator<Bar> GetEnumerator()
    {
        for (var ago = 0; ago < Count; ago++)
        {
            yield return this[ago];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void KeepAtLeast(int count) => _limit = Math.Max(_limit, count);

    internal void Add(in Bar bar)
    {
        if (Count == _ring.Length && Count < _limit)
        {
            var larger = new Bar[Math.Min(_ring.Length * 4, _limit)];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = this[Count - 1 - i];
            }

            _ring = larger;
            _newest = Count - 1;
        }

        _newest = (_newest + 1) % _ring.Length;
        _ring[_newest] = bar;
        Count = Math.Min(Count + 1, _ring.Length);
    }
}
