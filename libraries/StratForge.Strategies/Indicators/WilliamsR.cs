namespace StratForge.Strategies.Indicators;

/// <summary>Williams' %R, -100 to 0: where the close lies below the highest high of the last <paramref name="period"/> bars.</summary>
/// <remarks>Larry Williams, "How I Made One Million Dollars Last Year Trading Commodities" (1973): <c>-100 * (highest - close) / (highest - lowest)</c>; -50 when the bars did not move.</remarks>
public sealed class WilliamsR(int period = 14) : Indicator
{
    private readonly SlidingRange _range = new(Checked(period));

    /// <inheritdoc/>
    public override int WarmUp => period;

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        _range.Update(bar);
        var span = _range.High - _range.Low;
        Push(span == 0 ? -50.0 : -100.0 * (_range.High - bar.Close) / span);
    }
}
