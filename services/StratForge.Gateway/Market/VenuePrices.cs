using StratForge.Alpaca;
using StratForge.Gateway.Broker;

namespace StratForge.Gateway.Market;

/// <summary>Asks the broker what a symbol costs that the bus says nothing of.</summary>
internal sealed partial class VenuePrices(LastPrices prices, IBroker broker, ILogger<VenuePrices> logger)
{
    /// <summary>Asks for the quote and takes it in.</summary>
    /// <returns>The price; null when the broker has no quote with both sides, or does not answer.</returns>
    public async Task<LastPrice?> AskAsync(string symbol, CancellationToken cancellationToken)
    {
        try
        {
            if (await broker.FindQuoteAsync(symbol, cancellationToken) is { BidPrice: > 0, AskPrice: > 0 } quote)
            {
                var price = new LastPrice(symbol, (quote.BidPrice + quote.AskPrice) / 2, quote.Time, quote.BidPrice, quote.AskPrice);
                prices.NoteAsked(price);
                return price;
            }
        }
        catch (AlpacaException exception)
        {
            LogNoQuote(symbol, exception.Message);
        }

        return null;
    }

    [LoggerMessage(LogLevel.Warning, "The broker gives no price of {Symbol}: {Reason}")]
    private partial void LogNoQuote(string symbol, string reason);
}
