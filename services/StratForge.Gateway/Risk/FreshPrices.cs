using System.Collections.Concurrent;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Risk;

/// <summary>Asks the broker for the price of a symbol that nobody streams, before an order is refused for want of a fresh one.</summary>
internal sealed partial class FreshPrices(
    RiskBooks books, LastPrices prices, IBroker broker, TimeProvider clock, ILogger<FreshPrices> logger)
{
    // Whoever places orders in a row in a symbol without quotes would otherwise spend the requests of everybody.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    // One entry per symbol ever ordered; the venue's list bounds it.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _askedAt = new(StringComparer.Ordinal);

    /// <summary>Makes sure, if that can be done, that the price of a symbol is no older than its owner's limits allow.</summary>
    /// <param name="userId">Owner of an order at the market.</param>
    /// <param name="symbol">What it trades.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async ValueTask RefreshAsync(Guid userId, string symbol, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (books.Current.EffectiveOf(userId).MaxPriceAge is not { } oldest
            || now - prices.HeardAt(symbol) <= oldest
            || now - _askedAt.GetValueOrDefault(symbol) < AskAgainAfter)
        {
            return;
        }

        _askedAt[symbol] = now;
        try
        {
            if (await broker.FindQuoteAsync(symbol, cancellationToken) is { BidPrice: > 0, AskPrice: > 0 } quote)
            {
                prices.NoteAsked(new LastPrice(symbol, (quote.BidPrice + quote.AskPrice) / 2, quote.Time, quote.BidPrice, quote.AskPrice));
            }
        }
        catch (AlpacaException exception)
        {
            LogNoQuote(symbol, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "No fresh price of {Symbol}: {Reason}")]
    private partial void LogNoQuote(string symbol, string reason);
}
