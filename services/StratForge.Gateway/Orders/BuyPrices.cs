using StratForge.Gateway.Market;

namespace StratForge.Gateway.Orders;

/// <summary>What a unit costs to buy now: from the bus, else the last stored bar, else the broker.</summary>
internal sealed class BuyPrices(LastPrices prices, VenuePrices venue)
{
    /// <summary>The same, from memory alone.</summary>
    public decimal? Peek(string symbol) => prices.Peek(symbol) is { } held ? held.AskPrice ?? held.Price : null;

    /// <summary>The best offer if one is known, else the last price; null when nobody knows any.</summary>
    public async ValueTask<decimal?> FindAsync(string symbol, CancellationToken cancellationToken)
    {
        if (prices.Peek(symbol) is { } held)
        {
            return held.AskPrice ?? held.Price;
        }

        if (await prices.FindAsync(symbol, cancellationToken) is { } stored)
        {
            return stored.AskPrice ?? stored.Price;
        }

        return (await venue.AskAsync(symbol, cancellationToken))?.AskPrice;
    }
}
