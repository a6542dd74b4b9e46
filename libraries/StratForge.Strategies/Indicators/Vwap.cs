using StratForge.Contracts.Market;
using StratForge.Strategies.Feeds;

namespace StratForge.Strategies.Indicators;

/// <summary>Volume-weighted average price since the day began, quote currency: midnight in New York for stocks, midnight UTC for crypto.</summary>
/// <remarks><c>sum(tp * volume) / sum(volume)</c>, <c>tp = (high + low + close) / 3</c> (Berkowitz, Logue and Noser, "The Total Cost of Transactions on the NYSE", Journal of
/// Finance 1988, from bars instead of trades); the typical price itself while nothing was traded.</remarks>
public sealed class Vwap : Indicator
{
    private double _value;
    private double _volume;
    private long _dayEnds = long.MinValue;

    /// <inheritdoc/>
    public override int WarmUp => 1;

    /// <inheritdoc/>
    public override void Update(in Bar bar)
    {
        if (bar.OpensAtMs >= _dayEnds)
        {
            _dayEnds = Symbols.ClassOf(bar.Symbol) == AssetClass.Crypto
                ? ExchangeCalendar.Midnight(ExchangeCalendar.DateOf(bar.OpensAtMs).AddDays(1))
                : ExchangeCalendar.At(ExchangeCalendar.DateAt(bar.OpensAtMs).AddDays(1), 0);
            _value = 0;
            _volume = 0;
        }

        var typical = (bar.High + bar.Low + bar.Close) / 3.0;
        _value += typical * bar.Volume;
        _volume += bar.Volume;
        Push(_volume == 0 ? typical : _value / _volume);
    }
}
