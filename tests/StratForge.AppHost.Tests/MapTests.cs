using System.Diagnostics;
using System.Text.Json;
using StratForge.Testing;

namespace StratForge.AppHost.Tests;

/// <summary>The map as a deployment sees it.</summary>
public sealed class MapTests
{
    [Fact]
    public async Task The_manifest_holds_the_platform_without_the_embedded_market_and_every_expression_resolves()
    {
        var manifest = await PublishAsync();
        var resources = manifest.GetProperty("resources");

        ManifestExpressions.AssertAllResolve(manifest);
        foreach (var name in new[] { "postgres", "stratforge", "redis", "schema", "ingestor", "gateway", "worker" })
        {
            Assert.True(resources.TryGetProperty(name, out _), name);
        }

        Assert.False(resources.TryGetProperty("exchange", out _));
    }

    [Fact]
    public async Task Only_the_gateways_public_door_is_open_to_the_outside()
    {
        var resources = (await PublishAsync()).GetProperty("resources");
        var open =
            from resource in resources.EnumerateObject()
            where resource.Value.TryGetProperty("bindings", out _)
            from binding in resource.Value.GetProperty("bindings").EnumerateObject()
            where binding.Value.TryGetProperty("external", out var external) && external.GetBoolean()
            select $"{resource.Name}.{binding.Name}";

        Assert.Equal(["gateway.http", "gateway.https"], open);
        Assert.Equal("{gateway.bindings.internal.url}", resources.GetProperty("worker").GetProperty("env").GetProperty("Gateway__InternalUrl").GetString());
    }

    [Fact]
    public async Task Secrets_are_parameters_and_their_values_are_not_in_the_manifest()
    {
        var resources = (await PublishAsync()).GetProperty("resources");

        foreach (var name in new[] { "internal-key", "jwt-secret", "broker-api-key", "broker-secret-key", "postgres-password", "redis-password" })
        {
            var input = resources.GetProperty(name).GetProperty("inputs").GetProperty("value");
            Assert.True(input.GetProperty("secret").GetBoolean(), name);
            Assert.False(input.TryGetProperty("default", out var byDefault) && byDefault.TryGetProperty("value", out _), name);
        }
    }

    private static async Task<JsonElement> PublishAsync()
    {
        var folder = Directory.CreateTempSubdirectory("map-");
        try
        {
            var file = Path.Combine(folder.FullName, "manifest.json");
            var start = new ProcessStartInfo(
                "dotnet", [typeof(Projects.StratForge_AppHost).Assembly.Location, "--publisher", "manifest", "--output-path", file])
            {
                RedirectStandardError = true, UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            var complaint = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, complaint);
            return JsonElement.Parse(await File.ReadAllTextAsync(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
