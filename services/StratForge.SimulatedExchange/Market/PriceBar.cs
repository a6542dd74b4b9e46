namespace StratForge.SimulatedExchange.Market;

/// <summary>One bar of any length.</summary>
/// <param name="OpensAt">Start of the bar, UTC.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded; whole for stocks.</param>
/// <param name="Trades">Trades in it: four a minute, or none when nothing was traded.</param>
internal readonly record struct PriceBar(
    DateTimeOffset OpensAt, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, long Trades)
{
    /// <summary>The average of the four prices, at which a minute trades a quarter of its volume each.</summary>
    public decimal AveragePrice => Trades == 0 ? 0m : decimal.Round((Open + High + Low + Close) / 4m, 6);

    /// <summary>One bar over several, in order of time; null when there are none.</summary>
    public static PriceBar? Over(DateTimeOffset opensAt, IEnumerable<PriceBar> parts)
    {
        PriceBar? whole = null;
        foreach (var part in parts)
        {
            whole = whole is not { } soFar
                ? part with { OpensAt = opensAt }
                : soFar with
                {
                    High = decimal.Max(soFar.High, part.High),
                    Low = decimal.Min(soFar.Low, part.Low),
                    Close = part.Close,
                    Volume = soFar.Volume + part.Volume,
                    Trades = soFar.Trades + part.Trades,
                };
        }

        return whole;
    }
}
