using StratForge.Gateway.Market;

namespace StratForge.Gateway.Portfolio;

/// <summary>What a holding is worth. Rounded to the cent here and nowhere after, so that sums of what is shown add up.</summary>
internal static class Valuation
{
    /// <summary>A holding at a price, what is owed as a negative amount; without one at what it cost, so that a symbol nobody quotes does not move the equity.</summary>
    public static Position Value(Holding holding, LastPrice? last)
    {
        var price = last?.Price ?? holding.AveragePrice;
        return new Position(
            holding.Symbol,
            holding.SessionId,
            holding.StrategyName,
            holding.Quantity,
            holding.AveragePrice,
            last?.Price,
            Cents(holding.Quantity * price),
            Cents(holding.Quantity * (price - holding.AveragePrice)),
            holding.RealisedPnl,
            holding.Margin);
    }

    private static decimal Cents(decimal amount) => decimal.Round(amount, 2, MidpointRounding.AwayFromZero);
}
