using Microsoft.Net.Http.Headers;

namespace StratForge.Gateway.Dashboard;

internal static class DashboardEndpoints
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Reads the built page into memory. wwwroot lies beside the project while developing, beside the assembly once published.</summary>
    public static void AddDashboard(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton(
            DashboardFiles.Load(builder.Environment.WebRootPath, Path.Combine(AppContext.BaseDirectory, "wwwroot")));

    /// <summary>Serves the page: itself at <c>/</c> and below <c>/app</c>, its files under their own names. Nothing is caught
    /// beyond these, so an unknown address of the API stays a 404 of the API.</summary>
    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var dashboard = routes.ServiceProvider.GetRequiredService<DashboardFiles>();
        var page = dashboard.Page ?? UnbuiltPage.Page;

        Serve(routes, "/", page.WriteAsync);
        Serve(routes, "/app/{**page}", page.WriteAsync);
        foreach (var (path, file) in dashboard.ByPath)
        {
            // Names below assets/ carry a hash of the content, so what they name never changes.
            var cacheControl = path.StartsWith("/assets/", StringComparison.Ordinal)
                ? "public, max-age=31536000, immutable"
                : "no-cache";
            Serve(routes, path, context => WriteAsync(context, file, cacheControl));
        }
    }

    private static void Serve(IEndpointRouteBuilder routes, string pattern, RequestDelegate handler) =>
        routes.MapMethods(pattern, Reads, handler).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context, DashboardFile file, string cacheControl)
    {
        var request = context.Request.GetTypedHeaders();
        var response = context.Response;
        var answer = response.GetTypedHeaders();
        answer.ETag = file.ETag;
        response.Headers.CacheControl = cacheControl;
        response.Headers.Vary = HeaderNames.AcceptEncoding;

        if (request.IfNoneMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(file.ETag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (bytes, encoding) = file.For(request.AcceptEncoding);
        response.ContentType = file.ContentType;
        response.ContentLength = bytes.Length;
        if (encoding is not null)
        {
            response.Headers.ContentEncoding = encoding;
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
