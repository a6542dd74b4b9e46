using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using StratForge.ServiceDefaults.Health;
using StratForge.ServiceDefaults.Http;
using StratForge.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the application has alike.</summary>
public static class Extensions
{
    /// <summary>Adds telemetry, quiet defaults for the chattiest log categories (a settings file may raise them), health checks, service addresses and HTTP resilience, and the system clock as <see cref="TimeProvider"/>.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Logging
            .AddFilter("Npgsql", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(console => console.SingleLine = true);
        builder.AddTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddHttpClientDefaults();
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>Maps <c>/health</c> (may take traffic: every check), <c>/alive</c> (must not be restarted: the process itself) and <c>/metrics</c> (for Prometheus).</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        HealthEndpoints.Map(app);
        return app;
    }
}
