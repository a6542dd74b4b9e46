using StratForge.Contracts.Internal;

namespace StratForge.Gateway.Hosting;

/// <summary>Keeps the public and the internal port apart: <c>/internal</c> exists on the internal port only, and there nothing
/// else does but the health probes and the metrics.</summary>
/// <remarks>Told apart by the port the connection came in on, never by anything the caller says. Who may call is a second
/// question, answered by <see cref="InternalHeaders.ServiceKey"/>.</remarks>
internal static class InternalPortGuard
{
    public static void UseInternalPortGuard(this WebApplication app)
    {
        var internalPort = ListeningAddresses.InternalPort(app.Configuration);
        app.Use((context, next) =>
        {
            var path = context.Request.Path;
            var wantsInternal = path.StartsWithSegments("/internal", StringComparison.OrdinalIgnoreCase);
            var isInternal = context.Connection.LocalPort == internalPort;
            if (wantsInternal == isInternal || (isInternal && IsProbe(path)))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/alive", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase);
}
