using StratForge.Gateway.Market;

namespace StratForge.Gateway.Alerts;

/// <summary>Looks at alerts when the price of their symbol comes. Runs on the thread that reads the bus: it compares and never waits.</summary>
internal sealed class PriceAlerts(AlertList list, AlertFirings firings, Postman postman, LastPrices prices) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        list.Read += Look;
        firings.Settled += LookAgain;
        firings.Overtaken += list.Changed;
        firings.Fired += postman.Wake;
        prices.Came += Look;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        prices.Came -= Look;
        firings.Fired -= postman.Wake;
        firings.Overtaken -= list.Changed;
        firings.Settled -= LookAgain;
        list.Read -= Look;
        return Task.CompletedTask;
    }

    private void Look(string symbol)
    {
        var alerts = list.OfPrice(symbol);
        if (alerts.Count > 0 && prices.Peek(symbol) is { } price)
        {
            foreach (var alert in alerts)
            {
                firings.Look(alert, price.Price, price.At);
            }
        }
    }

    // Prices that came while a turn was written were passed over.
    private void LookAgain(WatchedAlert alert)
    {
        if (list.Watches(alert) && alert.Rule.Symbol is { } symbol && prices.Peek(symbol) is { } price)
        {
            firings.Look(alert, price.Price, price.At);
        }
    }
}
