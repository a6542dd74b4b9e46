using StratForge.Gateway.Identity;
using StratForge.ServiceDefaults.Telemetry;

namespace StratForge.Gateway.Hosting;

/// <summary>The gateway's measurements for Prometheus: on the internal port for whoever reaches it, on the public one for admins.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this WebApplication app)
    {
        var internalPort = ListeningAddresses.InternalPort(app.Configuration);
        app.MapGet("/metrics", (HttpContext context, PrometheusPage page) =>
            context.Connection.LocalPort == internalPort || Caller.From(context.User) is { Role: Caller.Admin }
                ? Results.Text(page.Write(), PrometheusPage.ContentType)
                : Caller.From(context.User) is null ? Results.Challenge()
                : Problems.Forbidden("forbidden", "Measurements are for admins, and for the internal port.")).ExcludeFromDescription();
    }
}
