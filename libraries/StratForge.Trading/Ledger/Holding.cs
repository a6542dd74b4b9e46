namespace StratForge.Trading.Ledger;

/// <summary>A position at average cost, long or short.</summary>
/// <param name="Quantity">Units held; below zero when they are owed.</param>
/// <param name="AveragePrice">What a unit cost, or brought when it was sold short, on average, USD, fees included; zero when flat.</param>
/// <param name="Reserved">Units of it promised to open orders that close it; never more than are held or owed.</param>
/// <param name="RealisedPnl">Sum of what its closings brought, USD.</param>
/// <param name="Margin">USD held against it while it is short.</param>
public sealed record Holding(decimal Quantity, decimal AveragePrice, decimal Reserved, decimal RealisedPnl, decimal Margin = 0)
{
    // Twelve decimals keep the cost of a million units exact to the cent; rounding P&L at eight keeps its sum exact to the cent.
    private const int PriceDecimals = 12;
    private const int PnlDecimals = 8;

    /// <summary>Nothing held, nothing earned.</summary>
    public static readonly Holding Flat = new(0, 0, 0, 0);

    /// <summary>Units that no open order has promised away, whether held or owed.</summary>
    public decimal Free => Math.Abs(Quantity) - Reserved;

    /// <summary>The position after units were bought for it.</summary>
    /// <param name="units">Units that arrived, after a fee taken in units. Zero or more.</param>
    /// <param name="cost">Cash they cost, USD.</param>
    /// <exception cref="InvalidOperationException">It is short: the books are wrong.</exception>
    public Holding Bought(decimal units, decimal cost)
    {
        if (Quantity < 0)
        {
            throw new InvalidOperationException($"{units} units bought to hold while {-Quantity} are owed.");
        }

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

        return Closed(units, decimal.Round(proceeds - (units * AveragePrice), PnlDecimals), Quantity - units, Margin);
    }

    /// <summary>The position after units were sold that are not held.</summary>
    /// <param name="units">Units sold short, greater than zero.</param>
    /// <param name="proceeds">Cash they brought after fees, USD.</param>
    /// <param name="margin">USD put aside for them, the proceeds included.</param>
    /// <exception cref="InvalidOperationException">It is long: the books are wrong.</exception>
    public Holding Shorted(decimal units, decimal proceeds, decimal margin)
    {
        if (Quantity > 0)
        {
            throw new InvalidOperationException($"{units} units sold short while {Quantity} are held.");
        }

        var owed = units - Quantity;
        return this with
        {
            Quantity = -owed,
            AveragePrice = decimal.Round(((-Quantity * AveragePrice) + proceeds) / owed, PriceDecimals),
            Margin = Margin + margin,
        };
    }

    /// <summary>The position after owed units were bought back, and the profit that made; <see cref="MarginOf"/> them is free again.</summary>
    /// <param name="units">Units bought back; at most <see cref="Reserved"/>.</param>
    /// <param name="cost">Cash they cost, fees included, USD.</param>
    /// <exception cref="InvalidOperationException">More was bought back than was reserved: the books are wrong.</exception>
    public (Holding After, decimal Pnl) Covered(decimal units, decimal cost)
    {
        if (units > Reserved || units > -Quantity)
        {
            throw new InvalidOperationException($"{units} units bought back of {-Quantity} owed with {Reserved} reserved.");
        }

        return Closed(units, decimal.Round((units * AveragePrice) - cost, PnlDecimals), Quantity + units, Margin - MarginOf(units));
    }

    /// <summary>The position after the venue took units of it as a fee, or gave some back, and the loss that is left with nothing held.</summary>
    /// <param name="units">Above zero for what came back, below for what was taken: at most <see cref="Free"/>.</param>
    /// <remarks>What the rest cost stays what all cost, as with a fee that is taken when units arrive.</remarks>
    /// <exception cref="InvalidOperationException">It is not long, or more was taken than is free: the books are wrong.</exception>
    public (Holding After, decimal Pnl) Charged(decimal units)
    {
        if (Quantity <= 0 || -units > Free)
        {
            throw new InvalidOperationException($"A fee of {-units} units from a position of {Quantity} with {Reserved} reserved.");
        }

        var quantity = Quantity + units;
        var cost = Quantity * AveragePrice;
        if (quantity > 0)
        {
            return (this with { Quantity = quantity, AveragePrice = decimal.Round(cost / quantity, PriceDecimals) }, 0);
        }

        var pnl = decimal.Round(-cost, PnlDecimals);
        return (new Holding(0, 0, 0, RealisedPnl + pnl), pnl);
    }

    /// <summary>The part of the margin that goes with some of the owed units: in whole cents, all of it with the last unit.</summary>
    /// <param name="units">Units, at most those owed.</param>
    public decimal MarginOf(decimal units) =>
        units == -Quantity ? Margin : decimal.Floor(Margin * units / -Quantity * 100m) / 100m;

    private (Holding After, decimal Pnl) Closed(decimal units, decimal pnl, decimal quantity, decimal margin) =>
        (new Holding(quantity, quantity == 0 ? 0 : AveragePrice, Reserved - units, RealisedPnl + pnl, margin), pnl);
}
