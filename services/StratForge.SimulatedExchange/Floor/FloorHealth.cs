using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratForge.SimulatedExchange.Protocol;
using StratForge.SimulatedExchange.Streams;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>What <c>/health</c> says of the market.</summary>
internal sealed class FloorHealth(TradingFloor floor, OrderStream orders, DataStream data) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (now, ended, open, accepted) = floor.Ask(view => (view.Now, view.Ended, view.Book.OpenOrders, view.Book.Submitted.Count));
        return Task.FromResult(HealthCheckResult.Healthy(
            ended ? "The replay has ended: no more bars, and the last prices stand." : "The market is running.",
            new Dictionary<string, object>
            {
                ["mode"] = floor.Prices.Mode,
                ["marketTime"] = Wire.Text(now),
                ["ended"] = ended,
                ["symbols"] = floor.Prices.Instruments.Select(instrument => instrument.Symbol).ToArray(),
                ["ordersOpen"] = open,
                ["ordersTaken"] = accepted,
                ["orderStreams"] = orders.Listeners,
                ["dataStreams"] = data.Clients,
            }));
    }
}
