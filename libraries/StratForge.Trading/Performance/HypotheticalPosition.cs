using StratForge.Contracts.Orders;

namespace StratForge.Trading.Performance;

/// <summary>What a row of signals that trade nothing would have come to: a position at average cost, without fees, slippage or limits.</summary>
/// <param name="Quantity">Units; below zero when it would be short.</param>
/// <param name="Cost">What the position would have cost, USD; below zero when short: what it would have brought.</param>
/// <param name="Cash">What all fills would have brought less what they would have cost, USD. Exact.</param>
/// <remarks>Cost is rounded only where part of a position is closed, and what is rounded there comes back when the rest is: so profit realised
/// and unrealised together are always exactly the cash and the value of the position.</remarks>
public sealed record HypotheticalPosition(decimal Quantity, decimal Cost, decimal Cash)
{
    // As the books round what a closing brings.
    private const int CostDecimals = 8;

    /// <summary>Nothing held, nothing earned.</summary>
    public static readonly HypotheticalPosition Flat = new(0, 0, 0);

    /// <summary>What its closings would have brought, USD.</summary>
    public decimal RealisedPnl => Cash + Cost;

    /// <summary>Average entry price, USD; zero when flat.</summary>
    public decimal AveragePrice => Quantity == 0 ? 0 : decimal.Round(Cost / Quantity, 12);

    /// <summary>What closing it at a price would bring, USD.</summary>
    /// <param name="price">USD per unit.</param>
    public decimal UnrealisedAt(decimal price) => (Quantity * price) - Cost;

    /// <summary>The price at which a signal would fill by the first bar after it: a market signal at its open; one with a limit at its open where
    /// that is as good, else at the limit where the bar reaches it.</summary>
    /// <param name="side">Direction.</param>
    /// <param name="limit">Its limit, USD; null for the market.</param>
    /// <param name="open">The bar's first price.</param>
    /// <param name="high">Its highest.</param>
    /// <param name="low">Its lowest.</param>
    /// <returns>Null where it would not have filled: a signal waits for one bar.</returns>
    public static decimal? PriceOf(Side side, decimal? limit, decimal open, decimal high, decimal low) =>
        limit is not { } worst ? open
        : side == Side.Buy ? (open <= worst ? open : low <= worst ? worst : null)
        : (open >= worst ? open : high >= worst ? worst : null);

    /// <summary>The position after a fill, and the profit of what that closed.</summary>
    /// <param name="side">Direction.</param>
    /// <param name="quantity">Units, greater than zero.</param>
    /// <param name="price">USD per unit.</param>
    /// <returns>The profit is null where nothing was closed. What goes beyond the position opens one on the other side.</returns>
    /// <exception cref="OverflowException">Its sums would be more than a decimal holds: about 7.9 × 10²⁸.</exception>
    public (HypotheticalPosition After, decimal? Pnl) Fill(Side side, decimal quantity, decimal price)
    {
        var units = side == Side.Buy ? quantity : -quantity;
        if (Quantity == 0 || Math.Sign(Quantity) == Math.Sign(units))
        {
            return (new HypotheticalPosition(Quantity + units, Cost + (units * price), Cash - (units * price)), null);
        }

        var closed = decimal.Min(Math.Abs(Quantity), quantity);
        var closing = side == Side.Buy ? closed : -closed;
        // Divided first: a product of the two may be more than a decimal holds, however small what comes of it.
        var costOfIt = closed == Math.Abs(Quantity) ? Cost : decimal.Round(Cost / Math.Abs(Quantity) * closed, CostDecimals);
        var left = new HypotheticalPosition(Quantity + closing, Cost - costOfIt, Cash - (closing * price));
        var pnl = left.RealisedPnl - RealisedPnl;
        return closed == quantity ? (left, pnl) : (left.Fill(side, quantity - closed, price).After, pnl);
    }
}
