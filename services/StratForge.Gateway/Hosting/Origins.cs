using Microsoft.Net.Http.Headers;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Hosting;

/// <summary>Pages of other origins that may call the API from a browser: those of <c>Cors__Origins</c>, none by default.</summary>
internal static class Origins
{
    public static void AddOrigins(this WebApplicationBuilder builder) =>
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(SameOrigin.Listed(builder.Configuration))
            .AllowAnyHeader()
            .AllowAnyMethod()
            .AllowCredentials()
            .WithExposedHeaders(HeaderNames.ETag, HeaderNames.RetryAfter, HeaderNames.Location)));
}
