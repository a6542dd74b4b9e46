using Microsoft.Extensions.Primitives;

namespace StratForge.Gateway.Hosting;

/// <summary>Headers that tell browsers what an answer may not do, and that nobody keeps it. Pages that need more (the dashboard, Swagger) set their own
/// policy, and whatever may be kept says so itself.</summary>
internal static class SecurityHeaders
{
    // What an API answers is data: a browser that is shown it as a page may load and run nothing.
    private static readonly StringValues NothingAllowed = "default-src 'none'; frame-ancestors 'none'";

    private static readonly StringValues SwaggerPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly StringValues NotKept = "no-store";

    // Two years, as browsers ask of sites that are always reached this way. Names below ours may be others' business.
    private static readonly StringValues AlwaysEncrypted = "max-age=63072000";

    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use((context, next) =>
        {
            context.Response.OnStarting(static state =>
            {
                var context = (HttpContext)state;
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                if (StringValues.IsNullOrEmpty(headers.ContentSecurityPolicy))
                {
                    headers.ContentSecurityPolicy =
                        context.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase)
                            ? SwaggerPolicy
                            : NothingAllowed;
                }

                if (StringValues.IsNullOrEmpty(headers.CacheControl))
                {
                    headers.CacheControl = NotKept;
                }

                // On a developer's own machine it would reach everything else that runs there.
                if (context.Request is { IsHttps: true, Host.Host: not "localhost" })
                {
                    headers.StrictTransportSecurity = AlwaysEncrypted;
                }

                return Task.CompletedTask;
            }, context);
            return next(context);
        });
}
