using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace StratForge.ServiceDefaults.Telemetry;

/// <summary>Completes the server's request activities after OpenTelemetry's HTTP conventions (route, status, error) and keeps
/// health probes out of the traces.</summary>
/// <remarks>A startup filter, so that it lies outside everything else and Program.cs need not know of it.</remarks>
internal sealed class RequestActivityFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(Complete);
            next(app);
        };

    // One that nobody records needs no description.
    private static Task Complete(HttpContext context, RequestDelegate next) =>
        context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity ? CompleteAsync(activity, context, next) : next(context);

    private static async Task CompleteAsync(Activity activity, HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
            || context.Request.Path.StartsWithSegments("/alive", StringComparison.Ordinal))
        {
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            activity.IsAllDataRequested = false;
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            Fail(activity, exception);
            throw;
        }
        finally
        {
            Describe(activity, context);
        }
    }

    private static void Describe(Activity activity, HttpContext context)
    {
        var handled = context.Features.Get<IExceptionHandlerFeature>();
        if (handled is not null)
        {
            Fail(activity, handled.Error);
        }

        if ((handled?.Endpoint ?? context.GetEndpoint()) is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            activity.SetTag("http.route", route);
            activity.DisplayName = $"{context.Request.Method} {route}";
        }

        var status = context.Response.StatusCode;
        activity.SetTag("http.response.status_code", status);
        activity.SetTag("network.protocol.version", context.Request.Protocol.Replace("HTTP/", "", StringComparison.Ordinal));
        if (status >= StatusCodes.Status500InternalServerError && activity.Status != ActivityStatusCode.Error)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            activity.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Fail(Activity activity, Exception exception)
    {
        activity.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity.SetTag("error.type", exception.GetType().FullName);
        activity.AddException(exception);
    }
}
