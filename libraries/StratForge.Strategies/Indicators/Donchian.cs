namespace StratForge.Strategies.Indicators;

/// <summary>Donchian channel: highest high and lowest low of the last <paramref name="period"/> bars, the newest included. Its own value is the middle.</summary>
/// <remarks>Richard Donchian, "Trend Following Methods in Commodity Price Analysis" (1957). A bar can't break out of a channel that holds it: compare
/// a close with <c>Upper[1]</c>, the channel before the bar.</remarks>
public sealed class Donchian(int period = 20) : Indicator
{
    private readonly SlidingRange _range = new(Checked(period));

    /// <inheritdoc/>
    public override int WarmUp => period;

    /// <summary>Highest high.</summary>
    public Series Upper { get; } = new();

    /// <summary>Lowest low.</summary>
    public Series Lower { get; } = new();

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        _range.Update(bar);
        Push(_range.Middle);
        Upper.Push(_range.High);
        Lower.Push(_range.Low);
    }
}
