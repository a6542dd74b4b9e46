using StratForge.Gateway.Market;
using StratForge.Gateway.Portfolio;

namespace StratForge.Gateway.Risk;

/// <summary>What accounts gained or lost since the market's day began.</summary>
internal sealed class DayPnl(DayOpenings openings, IAccountWorths worths, LastPrices prices)
{
    /// <summary>Equity now less the first sample of the day, USD. Zero while there is none, as for an account that did nothing yet.</summary>
    public decimal Of(Guid userId) =>
        openings.Find(userId) is { } opening && worths.Find(userId) is { } worth ? EquityOf(worth) - opening : 0;

    // Valued as the samples are, or the difference would show the rounding.
    private decimal EquityOf(AccountWorth worth)
    {
        var equity = worth.Cash;
        foreach (var (symbol, quantity, averagePrice) in worth.Held)
        {
            equity += Valuation.Value(
                new Holding(symbol, SessionId: null, StrategyName: null, quantity, averagePrice, RealisedPnl: 0, Reserved: 0), prices.Peek(symbol)).MarketValue;
        }

        return equity;
    }
}
