using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Delivery;
using StratForge.ServiceDefaults.Health;

namespace StratForge.Gateway.Hosting;

/// <summary><c>/health</c> in the gateway's own words (database, bus, broker), and <c>/alive</c>.</summary>
/// <remarks>Only a missing database makes the gateway unfit for traffic. Without the bus or the broker it still takes orders, shows
/// books and says which of them is away.</remarks>
internal static class GatewayHealth
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["PostgreSql"] = "database",
        ["StackExchange.Redis"] = "bus",
    };

    public static void AddGatewayHealth(this IServiceCollection services)
    {
        services.AddSingleton<BrokerCheck>();
        services.AddHealthChecks().AddCheck<BrokerCheck>("broker");
        services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var check in options.Registrations)
            {
                check.Name = Names.GetValueOrDefault(check.Name, check.Name);
                if (check.Name is "bus" or "broker")
                {
                    var create = check.Factory;
                    check.Factory = provider => new NotVital(create(provider));
                }
            }
        });
    }

    public static void MapGatewayHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync }).ShortCircuit();
        routes.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains("live"),
            ResponseWriter = WriteAsync,
        }).ShortCircuit();
    }

    private sealed class NotVital(IHealthCheck check) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var result = await check.CheckHealthAsync(context, cancellationToken);
            return result.Status == HealthStatus.Unhealthy
                ? HealthCheckResult.Degraded(result.Description, result.Exception, result.Data)
                : result;
        }
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        HealthPage.WriteAsync(context, report, ApiJson.Options, json =>
        {
            json.WriteNumber("connections", context.RequestServices.GetRequiredService<StreamLoops>().Connections);
            if (context.RequestServices.GetRequiredService<BusReader>().LastMessageAt is { } lastMessageAt)
            {
                json.WriteString("lastMessageAt", ApiJson.Spell(lastMessageAt));
            }
            else
            {
                json.WriteNull("lastMessageAt");
            }
        });
}
