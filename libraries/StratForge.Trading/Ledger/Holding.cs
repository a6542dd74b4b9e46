namespace StratForge.Trading.Ledger;

/// <summary>A position at average cost.</summary>
/// <param name="Quantity">Units held, zero or more.</param>
/// <param name="AveragePrice">What a unit cost on average, USD, fees included; zero when flat.</param>
/// <param name="Reserved">Units of it promised to open sells.</param>
/// <param name="RealisedPnl">Sum of what its sales brought above cost, USD.</param>
public readonly record struct Holding(decimal Quantity, decimal AveragePrice, decimal Reserved, decimal RealisedPnl)
{
    // Twelve decimals keep the cost of a million units exact to the cent; rounding P&L at eight keeps its sum exact to the cent.
    private const int PriceDecimals = 12;
    private const int PnlDecimals = 8;

    /// <summary>The position after units were bought.</summary>
    /// <param name="units">Units that arrived, after a fee taken in units. Zero or more.</param>
    /// <param name="cost">Cash they cost, USD.</param>
    public Holding Bought(decimal units, decimal cost)
    {
        var quantity = Quantity + units;
        return quantity == 0
            ? this
            : this with
            {
                Quantity = quantity,
                AveragePrice = decimal.Round(((Quantity * AveragePrice) + cost) / quantity, PriceDecimals),
            };
    }

    /// <summary>The position after reserved units of it were sold, and the profit that made.</summary>
    /// <param name="units">Units sold; at most <see cref="Reserved"/>.</param>
    /// <param name="proceeds">Cash they brought after fees, USD.</param>
    /// <exception cref="InvalidOperationException">More was sold than was reserved: the books are wrong.</exception>
    public (Holding After, decimal Pnl) Sold(decimal units, decimal proceeds)
    {
        if (units > Reserved || units > Quantity)
        {
            throw new InvalidOperationException($"{units} units sold of a position of {Quantity} with {Reserved} reserved.");
        }

        var pnl = decimal.Round(proceeds - (units * AveragePrice), PnlDecimals);
        var quantity = Quantity - units;
        return (new Holding(quantity, quantity == 0 ? 0 : AveragePrice, Reserved - units, RealisedPnl + pnl), pnl);
    }
}
