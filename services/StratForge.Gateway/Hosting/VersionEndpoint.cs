using System.Reflection;

namespace StratForge.Gateway.Hosting;

/// <summary>Which build answers. An old browser tab sees by it that there is a newer page.</summary>
/// <param name="Version">Of the build, with the commit where one is known.</param>
public sealed record VersionResponse(string Version);

internal static class VersionEndpoint
{
    private static readonly VersionResponse Current = new(
        typeof(VersionEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0");

    public static void MapVersion(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/version", () => TypedResults.Ok(Current)).WithTags("Platform");
}
