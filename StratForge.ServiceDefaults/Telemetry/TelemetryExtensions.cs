using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace StratForge.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs over OTLP, if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a receiver.</summary>
internal static class TelemetryExtensions
{
    /// <summary>Meters of the platform that are worth a place.</summary>
    // Named one by one: a wildcard would bring dozens of private instruments of the runtime's network stack.
    internal static readonly string[] PlatformMeters =
    [
        RequestMeter,
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.RateLimiting",
        "System.Net.Http",
        "System.Runtime",
        "Npgsql",
    ];

    // Memory for as many combinations of labels is taken for each instrument at the start, whether they ever come or not; the export's own limit, 2,000, is
    // 15 MB in every service. What comes after so many is counted together. Only requests have many: routes, methods and answers.
    private const int MostSeries = 100;
    private const int MostRequestSeries = 1_000;
    private const string RequestMeter = "Microsoft.AspNetCore.Hosting";

    private static readonly string[] Sources =
    [
        "StratForge.*",
        "Microsoft.AspNetCore",
        "System.Net.Http",
        "Npgsql",
    ];

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // On .NET 10 a request's activity has no attributes unless this is switched; from .NET 11 on it is the default.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.AddSingleton<IStartupFilter, RequestActivityFilter>();
        builder.Services.AddSingleton<PrometheusPage>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PrometheusPage>());

        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
            logging.AddOtlpExporter();
        });

        var configuration = builder.Configuration;
        builder.Services.AddHostedService(_ => new TelemetryExport(() => OpenTelemetrySdk.Create(sdk =>
        {
            // The exporter reads OTEL_* from here instead of the bare environment, so settings files work too.
            sdk.Services.AddSingleton<IConfiguration>(configuration);
            sdk.UseOtlpExporter()
                .WithTracing(tracing => tracing.AddSource(Sources).AddProcessor(new LoneDatabaseSpans()))
                .WithMetrics(metrics => metrics
                    .AddMeter(["StratForge.*", .. PlatformMeters])
                    .AddView(static instrument => new MetricStreamConfiguration
                    {
                        CardinalityLimit = instrument.Meter.Name == RequestMeter ? MostRequestSeries : MostSeries,
                    }));
        })));
    }
}
