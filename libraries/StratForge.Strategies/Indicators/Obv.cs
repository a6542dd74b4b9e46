namespace StratForge.Strategies.Indicators;

/// <summary>On-balance volume: volume summed up, that of rising bars added, that of falling ones taken off. Units; begins at zero.</summary>
/// <remarks>Joseph Granville, "New Key to Stock Market Profits" (1963). Only its changes mean something: where it begins depends on the first bar seen.</remarks>
public sealed class Obv : Indicator
{
    private double _previousClose = double.NaN;
    private double _total;

    /// <inheritdoc/>
    public override int WarmUp => 1;

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        if (bar.Close > _previousClose)
        {
            _total += bar.Volume;
        }
        else if (bar.Close < _previousClose)
        {
            _total -= bar.Volume;
        }

        _previousClose = bar.Close;
        Push(_total);
    }
}
