using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace StratForge.ServiceDefaults.Telemetry;

/// <summary>Keeps the exporters alive while the service runs, and sends what is left when it stops.</summary>
internal sealed class TelemetryExport(Func<OpenTelemetrySdk> create) : IHostedLifecycleService, IDisposable
{
    private OpenTelemetrySdk? _sdk;

    // Before any other hosted service starts, so that their first activities have a listener.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _sdk = create();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // After the other services stopped, so that their last activities are sent.
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _sdk?.Dispose();
        _sdk = null;
    }
}
