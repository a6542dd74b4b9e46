using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StratForge.ServiceDefaults.Telemetry;

namespace StratForge.ServiceDefaults.Health;

/// <summary>Where a service tells of its health.</summary>
internal static class HealthEndpoints
{
    private const string Live = "live";

    public static void AddDefaultHealthChecks(this IHostApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);

    public static void Map(WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = (context, report) => HealthPage.WriteAsync(context, report) }).ShortCircuit();
        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Live),
            ResponseWriter = (context, report) => HealthPage.WriteAsync(context, report),
        }).ShortCircuit();
        app.MapGet("/metrics", (PrometheusPage page) => Results.Text(page.Write(), PrometheusPage.ContentType)).ExcludeFromDescription();
    }
}
