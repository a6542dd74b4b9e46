namespace StratForge.Gateway.Dashboard;

internal static class SecurityHeaders
{
    /// <summary>Puts the headers on every answer that keep a browser from guessing, framing or leaking. Goes first in the pipeline.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment: the exception handler clears what was set before it, and a page sets its own policy.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            if (headers.ContentSecurityPolicy.Count == 0)
            {
                headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger")
                    ? ContentSecurityPolicy.OfApiExplorer
                    : ContentSecurityPolicy.OfData;
            }

            return Task.CompletedTask;
        });
        return next(context);
    });
}
