using StratForge.Gateway.Market;

namespace StratForge.Gateway.Risk;

/// <summary>Asks the broker for the price of a symbol that nobody streams, before an order is refused for want of a fresh one.</summary>
internal sealed class FreshPrices(RiskBooks books, LastPrices prices, VenuePrices venue, TimeProvider clock)
{
    /// <summary>Makes sure, if that can be done, that the price of a symbol is no older than its owner's limits allow.</summary>
    /// <param name="userId">Owner of an order at the market.</param>
    /// <param name="symbol">What it trades.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public ValueTask RefreshAsync(Guid userId, string symbol, CancellationToken cancellationToken) =>
        books.Current.EffectiveOf(userId).MaxPriceAge is not { } oldest || clock.GetUtcNow() - prices.HeardAt(symbol) <= oldest
            ? ValueTask.CompletedTask
            : new ValueTask(venue.AskAsync(symbol, cancellationToken));
}
