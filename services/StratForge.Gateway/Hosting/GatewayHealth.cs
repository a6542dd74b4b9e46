using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Delivery;

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

    // Field by field: what checks report is a mix of types, and exceptions stay inside (their text may hold addresses).
    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("service", context.RequestServices.GetRequiredService<IHostEnvironment>().ApplicationName);
        json.WriteString("status", report.Status.ToString());
        json.WriteNumber("connections", context.RequestServices.GetRequiredService<StreamLoops>().Connections);
        if (context.RequestServices.GetRequiredService<BusReader>().LastMessageAt is { } lastMessageAt)
        {
            json.WriteString("lastMessageAt", ApiJson.Spell(lastMessageAt));
        }
        else
        {
            json.WriteNull("lastMessageAt");
        }

        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", entry.Status.ToString());
            if (entry.Description is { } description)
            {
                json.WriteString("description", description);
            }

            foreach (var (key, value) in entry.Data)
            {
                json.WritePropertyName(key);
                JsonSerializer.Serialize(json, value, value.GetType(), ApiJson.Options);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
