using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratForge.Contracts.Market;

namespace StratForge.Ingestor;

/// <summary>Reports each feed. An unreachable venue makes the service degraded, not unhealthy: it is doing what it can, and
/// nothing would be gained by taking it away.</summary>
internal sealed class IngestorHealth(IngestorState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["role"] = state.Leads ? "leader" : "standby" };
        var broken = new List<string>();
        foreach (var (assetClass, feed) in state.Feeds.OrderBy(static entry => entry.Key))
        {
            var name = assetClass == AssetClass.Crypto ? "crypto" : "stock";
            data[name] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["state"] = feed switch { { Symbols: 0 } => "idle", { Connected: false } => "connecting", _ => "connected" },
                ["symbols"] = feed.Symbols,
                ["live"] = feed.Live,
                ["lastMessageAt"] = feed.LastMessageAt,
                ["barsOnly"] = feed.BarsOnly,
                ["open"] = feed.Open,
                ["silent"] = feed.Silent,
            };
            if (feed is { Symbols: > 0, Connected: false })
            {
                broken.Add(feed.LostBecause is null ? $"The {name} feed is connecting." : $"The {name} feed is lost: {feed.LostBecause}.");
            }
        }

        return Task.FromResult(broken.Count == 0
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded(string.Join(' ', broken), data: data));
    }
}
