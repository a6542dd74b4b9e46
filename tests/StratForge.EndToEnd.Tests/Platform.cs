using System.Diagnostics;
using System.Globalization;

namespace StratForge.EndToEnd.Tests;

/// <summary>The whole application, started as a user would start it, on ports and data of its own.</summary>
internal sealed class Platform : IAsyncDisposable
{
    // Generous: two test runs may share two cores, and the first start initialises a database.
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);

    private readonly DistributedApplication _application;

    private Platform(DistributedApplication application) => _application = application;

    /// <param name="args">What the user would type after <c>dotnet run --project StratForge.AppHost --</c>.</param>
    public static async Task<Platform> StartAsync(params string[] args)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_AppHost>(args);
        var application = await builder.BuildAsync();
        var platform = new Platform(application);
        try
        {
            await application.StartAsync().WaitAsync(StartsWithin);
            foreach (var service in (string[])["exchange", "ingestor", "gateway", "worker"])
            {
                await platform.WaitUntilHealthyAsync(service);
            }

            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>The gateway's public address.</summary>
    public Uri Gateway => _application.GetEndpoint("gateway", "http");

    /// <summary>Ends a service at once, as a crash of its machine would, and starts it again.</summary>
    public async Task KillAndRestartAsync(string service)
    {
        await KillAsync(service);
        var started = await _application.ResourceCommands.ExecuteCommandAsync(service, "resource-start");
        Assert.True(started.Success, started.ErrorMessage);
        await WaitUntilHealthyAsync(service);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task KillAsync(string service)
    {
        Assert.True(_application.ResourceNotifications.TryGetCurrentState(service, out var state), $"No resource {service}");
        var pid = Convert.ToInt32(
            state.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
        using (var process = Process.GetProcessById(pid))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        await _application.ResourceNotifications
            .WaitForResourceAsync(service, KnownResourceStates.TerminalStates)
            .WaitAsync(StartsWithin);
    }

    private Task WaitUntilHealthyAsync(string service) =>
        _application.ResourceNotifications.WaitForResourceHealthyAsync(service).WaitAsync(StartsWithin);
}
