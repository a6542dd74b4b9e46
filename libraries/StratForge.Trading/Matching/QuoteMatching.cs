using StratForge.Contracts.Orders;

namespace StratForge.Trading.Matching;

/// <summary>A two-sided price at one moment.</summary>
/// <param name="Bid">What a seller gets per unit. Greater than zero.</param>
/// <param name="Ask">What a buyer pays per unit. Not below the bid.</param>
public readonly record struct TopOfBook(decimal Bid, decimal Ask)
{
    /// <summary>A quote around a last price.</summary>
    /// <param name="last">Last price, on the tick.</param>
    /// <param name="spreadBps">Width in basis points of the price; zero gives bid = ask = price.</param>
    /// <param name="tick">Smallest price step. Each half of the spread is rounded to it.</param>
    public static TopOfBook Around(decimal last, decimal spreadBps, decimal tick)
    {
        if (spreadBps <= 0m)
        {
            return new TopOfBook(last, last);
        }

        var half = decimal.Round(last * spreadBps / 20_000m / tick, MidpointRounding.AwayFromZero) * tick;
        return new TopOfBook(decimal.Max(tick, last - half), last + half);
    }
}

/// <summary>When and at what price an order trades against a quote whose displayed size does not bind.</summary>
public static class QuoteMatching
{
    /// <summary>The price at which an order trades now, or null when it has to wait.</summary>
    /// <param name="side">Direction of the order.</param>
    /// <param name="limitPrice">Worst price acceptable; null for a market order.</param>
    /// <param name="quote">Where the market stands.</param>
    /// <returns>The far side of the quote; for a limit order only when that is at the limit or better.</returns>
    public static decimal? PriceOf(Side side, decimal? limitPrice, TopOfBook quote) => side switch
    {
        Side.Buy => limitPrice is null || limitPrice >= quote.Ask ? quote.Ask : null,
        _ => limitPrice is null || limitPrice <= quote.Bid ? quote.Bid : null,
    };

    /// <summary>How much of an order trades at one moment when the venue may hand out less than all.</summary>
    /// <param name="remaining">Units still open. Greater than zero.</param>
    /// <param name="wholeUnits">Whether the order must trade in whole units.</param>
    /// <param name="partialProbability">0 to 1: how likely the moment gives only a part.</param>
    /// <param name="chance">First draw in [0, 1): decides whether.</param>
    /// <param name="share">Second draw in [0, 1): decides how much.</param>
    /// <returns>Greater than zero, at most <paramref name="remaining"/>, at most nine decimals.</returns>
    public static decimal QuantityOf(
        decimal remaining, bool wholeUnits, double partialProbability, double chance, double share)
    {
        if (chance >= partialProbability)
        {
            return remaining;
        }

        if (wholeUnits)
        {
            return remaining <= 1m ? remaining : 1m + decimal.Floor((remaining - 1m) * (decimal)share);
        }

        var part = decimal.Round(remaining * (decimal)share, 9, MidpointRounding.ToZero);
        return part > 0m ? part : remaining;
    }
}
