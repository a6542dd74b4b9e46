using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary>What the account is worth and what it may still buy, at one moment's prices. All in dollars.</summary>
internal sealed record AccountFigures(
    decimal Cash,
    decimal LongValue,
    decimal ShortValue,
    decimal InitialMargin,
    decimal MaintenanceMargin,
    decimal BuyingPower,
    decimal RegTBuyingPower,
    decimal NonMarginableBuyingPower,
    int Multiplier)
{
    public decimal Equity => Cash + LongValue + ShortValue;
}

/// <summary>Margin by Alpaca's published rules: half initially, thirty percent maintained, crypto in full.</summary>
internal static class Margin
{
    /// <summary>Below this equity nothing is lent.</summary>
    public const decimal LeastEquityForMargin = 2_000m;

    private const decimal CheapLong = 2.50m;
    private const decimal CheapShort = 5m;

    /// <summary>The account's figures.</summary>
    /// <param name="cash">Cash, dollars.</param>
    /// <param name="heldCash">What open orders hold.</param>
    /// <param name="holdings">Each position with its instrument and its last price.</param>
    /// <param name="multiplier">1, 2 or 4.</param>
    public static AccountFigures Of(
        decimal cash, decimal heldCash, IEnumerable<(Position Position, Instrument Instrument, decimal Price)> holdings, int multiplier)
    {
        var (longValue, shortValue, initial, maintenance) = (0m, 0m, 0m, 0m);
        foreach (var (position, instrument, price) in holdings)
        {
            var value = position.Quantity * price;
            if (value >= 0m)
            {
                longValue += value;
                initial += instrument.IsCrypto ? value : value * 0.5m;
                maintenance += instrument.IsCrypto || price < CheapLong ? value : value * 0.3m;
            }
            else
            {
                shortValue += value;
                initial -= value * 0.5m;
                maintenance += price < CheapShort
                    ? decimal.Max(-position.Quantity * CheapLong, -value)
                    : decimal.Max(-position.Quantity * CheapShort, -value * 0.3m);
            }
        }

        var equity = cash + longValue + shortValue;
        var lent = equity < LeastEquityForMargin ? 1 : multiplier;
        var regT = lent == 1 ? cash : decimal.Max(0m, equity - initial) * 2m;
        var power = lent switch
        {
            4 => decimal.Max(regT, (equity - maintenance) * 4m),
            2 => regT,
            _ => cash,
        };
        return new AccountFigures(
            cash,
            longValue,
            shortValue,
            initial,
            maintenance,
            decimal.Max(0m, power - heldCash),
            decimal.Max(0m, regT - heldCash),
            decimal.Max(0m, cash - heldCash),
            lent);
    }
}
