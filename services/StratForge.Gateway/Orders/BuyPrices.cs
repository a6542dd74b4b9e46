using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Orders;

/// <summary>What a unit costs to buy now: from the bus, else the last stored bar, else the broker.</summary>
internal sealed partial class BuyPrices(LastPrices prices, IBroker broker, ILogger<BuyPrices> logger)
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

        try
        {
            if (await broker.FindQuoteAsync(symbol, cancellationToken) is { BidPrice: > 0, AskPrice: > 0 } quote)
            {
                prices.NoteAsked(new LastPrice(symbol, (quote.BidPrice + quote.AskPrice) / 2, quote.Time, quote.BidPrice, quote.AskPrice));
                return quote.AskPrice;
            }
        }
        catch (AlpacaException exception)
        {
            LogNoQuote(symbol, exception.Message);
        }

        return null;
    }

    [LoggerMessage(LogLevel.Warning, "No price of {Symbol}: {Reason}")]
    private partial void LogNoQuote(string symbol, string reason);
}
