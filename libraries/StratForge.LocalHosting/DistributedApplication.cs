using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;
using StratForge.LocalHosting.Publishing;
using StratForge.LocalHosting.Running;
using StratForge.LocalHosting.Testing;

namespace StratForge.LocalHosting;

/// <summary>An application of several processes, run from one description.</summary>
public sealed class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly bool _isTest;
    private int _disposed;

    internal DistributedApplication(IHost host, bool isTest)
    {
        _host = host;
        _isTest = isTest;
        ResourceNotifications.DefaultWaitBehavior =
            isTest ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable;
    }

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    internal bool HasStarted { get; private set; }

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options)
    {
        if (TestCapture.Current is { } capture)
        {
            return capture.CreateBuilder(options);
        }

        try
        {
            return new DistributedApplicationBuilder(options);
        }
        catch (DistributedApplicationException exception)
        {
            // The description has not begun yet, so there is nobody else to turn this into a sentence.
            Console.Error.WriteLine(exception.Message);
            Environment.Exit(1);
            throw;
        }
    }

    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until Ctrl+C, SIGTERM or SIGHUP, or writes the manifest and ends.</summary>
    /// <remarks>What goes wrong is written to standard error in one sentence, and the process's exit code becomes 1.</remarks>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_isTest)
        {
            // The test starts and stops it; the entry point only has to stay until then.
            var stopped = new TaskCompletionSource();
            await using var registration = Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(stopped.SetResult);
            await stopped.Task;
            return;
        }

        try
        {
            if (Services.GetRequiredService<DistributedApplicationExecutionContext>().IsPublishMode)
            {
                await ManifestPublisher.PublishAsync(Services, cancellationToken);
            }
            else
            {
                await RunUntilStoppedAsync(cancellationToken);
            }
        }
        catch (DistributedApplicationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }
        finally
        {
            await DisposeAsync();
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _host.StartAsync(cancellationToken);
        HasStarted = true;
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        // A test disposes of the application and of the builder it came from.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        if (HasStarted)
        {
            HasStarted = false;
            await _host.StopAsync(CancellationToken.None);
        }

        var data = Services.GetRequiredService<DataRoot>();
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
        else
        {
            _host.Dispose();
        }

        data.Dispose();
    }

    private async Task RunUntilStoppedAsync(CancellationToken cancellationToken)
    {
        var engine = Services.GetRequiredService<ApplicationEngine>();
        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        using var signals = new StopSignals(lifetime, engine);
        try
        {
            await StartAsync(cancellationToken);
        }
        catch
        {
            // Half started is stopped as a whole; the reason goes up.
            HasStarted = false;
            await _host.StopAsync(CancellationToken.None);
            throw;
        }

        await _host.WaitForShutdownAsync(cancellationToken);
        HasStarted = false;
        if (engine.Fatal is { } fatal)
        {
            throw new DistributedApplicationException(fatal);
        }
    }
}
