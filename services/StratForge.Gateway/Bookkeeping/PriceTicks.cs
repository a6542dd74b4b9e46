using StratForge.Gateway.Market;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Lets waiting orders move on when a price comes.</summary>
internal sealed class PriceTicks(LastPrices prices, BookKeeper books) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        prices.Came += books.PriceCame;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        prices.Came -= books.PriceCame;
        return Task.CompletedTask;
    }
}
