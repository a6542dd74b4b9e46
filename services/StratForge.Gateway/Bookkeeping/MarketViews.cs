using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>The market as the router sees it.</summary>
internal sealed class MarketViews(LastPrices prices, ListedAssets assets, TimeProvider clock)
{
    // Quotes of a streamed symbol come several times a second; the ones of a symbol that is asked for now and then are looked at when they come.
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    /// <summary>Where the market of a symbol is; null when nobody knows.</summary>
    public MarketView? Of(string symbol) =>
        prices.Peek(symbol) is { } price
            ? new MarketView(price.Price, price.BidPrice, price.AskPrice, price.At, prices.QuotedAt(symbol) is { } heard && clock.GetUtcNow() - heard <= FreshFor)
            : null;

    /// <summary>Step of the prices of a symbol near a price, USD.</summary>
    public decimal StepOf(string symbol, decimal price) => OrderRules.StepOf(symbol, price, assets.Find(symbol));
}
