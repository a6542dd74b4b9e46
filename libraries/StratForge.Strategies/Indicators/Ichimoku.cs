namespace StratForge.Strategies.Indicators;

/// <summary>Ichimoku kinko hyo. Its own value is the conversion line (tenkan-sen); <see cref="Base"/> is the base line, <see cref="SpanA"/> and <see cref="SpanB"/> bound the cloud.</summary>
/// <remarks>Goichi Hosoda, "Ichimoku Kinko Hyo" (1969). Each line is the middle of the highest high and the lowest low of its bars. Span A is the mean of conversion and
/// base line, span B the middle of the longest range, both drawn <c>baseline</c> bars ahead: the spans here are those that lie over the newest bar, computed
/// so many bars before it. The lagging span (chikou) is the close itself, drawn as many bars back: compare <c>Bars[0]</c> with <c>Bars[26]</c>.</remarks>
public sealed class Ichimoku : Indicator
{
    private readonly int _longest;
    private readonly int _ahead;
    private readonly SlidingRange _conversion;
    private readonly SlidingRange _base;
    private readonly SlidingRange _long;
    private readonly Delay _spanA;
    private readonly Delay _spanB;

    /// <summary>Starts with the given periods.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A period is out of range, or they do not rise.</exception>
    public Ichimoku(int conversion = 9, int baseline = 26, int leading = 52)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(conversion, baseline);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(baseline, leading);
        _longest = Checked(leading);
        _ahead = baseline;
        _conversion = new SlidingRange(Checked(conversion));
        _base = new SlidingRange(baseline);
        _long = new SlidingRange(leading);
        _spanA = new Delay(baseline);
        _spanB = new Delay(baseline);
    }

    /// <summary>Bars until all lines have a value.</summary>
    public override int WarmUp => _longest + _ahead;

    /// <summary>Base line (kijun-sen).</summary>
    public Series Base { get; } = new();

    /// <summary>Leading span A over the newest bar.</summary>
    public Series SpanA { get; } = new();

    /// <summary>Leading span B over the newest bar.</summary>
    public Series SpanB { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        _conversion.Update(bar);
        _base.Update(bar);
        _long.Update(bar);
        Push(_conversion.Middle);
        Base.Push(_base.Middle);
        SpanA.Push(_spanA.Exchange((_conversion.Middle + _base.Middle) / 2));
        SpanB.Push(_spanB.Exchange(_long.Middle));
    }
}
