using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Sessions;

/// <summary>What this worker is doing, for the health page.</summary>
internal sealed class WorkerHealth(
    SessionDesk desk, EventLoop loop, BarFeed bars, SignalSender sender, SessionJournal journal, CageState cage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Asked of the loop, so a loop that hangs shows as a health check that does not answer.
        var (lastBarAt, waiting, inFlight) = await loop
            .AskAsync(() => (bars.LastBarAt, sender.Waiting, sender.InFlight))
            .WaitAsync(TimeSpan.FromSeconds(5), cancellationToken);
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sessions"] = desk.Claimed,
            ["liveSessions"] = desk.Live,
            ["cage"] = cage.Describe(),
            ["events"] = desk.EventsHandled,
            ["signalsWaiting"] = waiting,
            ["batchesInFlight"] = inFlight,
            ["tapeWaiting"] = journal.Waiting,
        };
        if (lastBarAt is { } at)
        {
            data["lastBarAt"] = at;
        }

        return cage.Mode switch
        {
            CageState.None => HealthCheckResult.Degraded("Strategies run WITHOUT A CAGE and can do whatever the worker's user can.", data: data),
            CageState.Refuse => HealthCheckResult.Degraded("No strategy runs here: none can be caged on this machine.", data: data),
            _ => HealthCheckResult.Healthy(data: data),
        };
    }
}
