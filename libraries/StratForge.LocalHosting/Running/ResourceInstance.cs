using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Eventing;

namespace StratForge.LocalHosting.Running;

/// <summary>What an instance needs from the engine.</summary>
internal sealed record InstanceServices(
    ResourceNotificationService Notifications, ResourceLoggerService Logs, IDistributedApplicationEventing Eventing, IServiceProvider Services,
    IReport Report, TimeProvider Clock, ILogger Logger);

/// <summary>One process of a resource, from waiting for others to its end, as often as it is started.</summary>
internal sealed class ResourceInstance(
    IResource resource, string id, IReadOnlyDictionary<EndpointAnnotation, int> ports, IReadOnlyList<IProbe> probes,
    Func<ResourceInstance, CancellationToken, Task<LaunchPlan?>> plan, InstanceServices engine) : IDisposable
{
    private static readonly TimeSpan s_firstProbe = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan s_slowestProbe = TimeSpan.FromSeconds(1);

    // Longer than any of ours needs; whoever gave a wrong address or password would otherwise wait in silence.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_probeWhenHealthy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_graceAtBirth = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _commands = new(1, 1);
    private CancellationTokenSource _waiting = new();
    private Task _life = Task.CompletedTask;
    private volatile ChildProcess? _process;
    private volatile bool _endIsWanted;

    public IResource Resource => resource;

    public string Id => id;

    public IReadOnlyDictionary<EndpointAnnotation, int> Ports => ports;

    /// <summary>Somebody asks for its health, so an end is a failure, whatever the exit code.</summary>
    public bool IsMeantToStay => probes.Count > 0;

    public CustomResourceSnapshot? Snapshot => engine.Notifications.TryGetCurrentState(id, out var current) ? current.Snapshot : null;

    /// <summary>Begins a life, unless it is alive.</summary>
    /// <returns>False when it is alive already.</returns>
    public async Task<bool> StartAsync()
    {
        await _commands.WaitAsync();
        try
        {
            if (Snapshot is { IsTerminal: true })
            {
                // The end is announced a moment before the last of it is cleared away.
                await _life;
            }

            if (!_life.IsCompleted)
            {
                return false;
            }

            _endIsWanted = false;
            _waiting.Dispose();
            _waiting = new CancellationTokenSource();
            Publish(snapshot => snapshot with
            {
                State = KnownResourceStates.Waiting, ExitCode = null, StopTimeStamp = null, Failure = null, IsReady = false, ProcessId = null,
                HealthReports = [.. probes.Select(probe => new HealthReportSnapshot(probe.Name, null, null, null))],
                Starts = snapshot.Starts + 1,
            });
            _life = Task.Run(() => LiveAsync(_waiting.Token));
            return true;
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>Ends it orderly, and by force when the grace is over.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken impatient = default)
    {
        await _commands.WaitAsync(CancellationToken.None);
        try
        {
            _endIsWanted = true;
            await _waiting.CancelAsync();
            if (_process is { } process)
            {
                Publish(snapshot => snapshot.IsTerminal ? snapshot : snapshot with { State = KnownResourceStates.Stopping });
                if (!await process.StopAsync(grace, engine.Clock, impatient))
                {
                    engine.Report.Warn($"{id} did not end within {grace.TotalSeconds:0} s of being asked to, and was killed.");
                }
            }

            await _life;
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>SIGKILL, as the machine would.</summary>
    /// <returns>False when there was nothing to kill.</returns>
    public async Task<bool> KillAsync()
    {
        await _commands.WaitAsync();
        try
        {
            if (_process is not { } process || process.Exited.IsCompleted)
            {
                return false;
            }

            _endIsWanted = true;
            process.Kill();
            await _life;
            return true;
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>Without waiting for anything: the application has to be gone.</summary>
    public void KillNow() => _process?.Kill();

    public void Dispose()
    {
        _waiting.Dispose();
        _commands.Dispose();
    }

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await engine.Notifications.WaitForDependenciesAsync(resource, cancellationToken);
            await engine.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, engine.Services), cancellationToken);
            Publish(snapshot => snapshot with { State = KnownResourceStates.Starting });
            if (await plan(this, cancellationToken) is { } launch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await RunAsync(launch, cancellationToken);
            }
            else
            {
                await FollowAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Publish(snapshot => snapshot with { State = KnownResourceStates.Exited, StopTimeStamp = Now() });
        }
        catch (Exception exception)
        {
            // Whatever kept it from starting, it is this resource's failure and shown as such; the others live on.
            await FailAsync(exception);
        }
    }

    private async Task RunAsync(LaunchPlan launch, CancellationToken cancellationToken)
    {
        await using var process = ChildProcess.Start(launch, (line, isError) => engine.Logs.Write(resource.Name, line, isError));
        _process = process;
        using var ended = new CancellationTokenSource();
        PublishRunning(process.Id);

        // Whoever asked for the end while the process was being created did not see it; it is ended here then.
        if (cancellationToken.IsCancellationRequested)
        {
            await process.StopAsync(s_graceAtBirth, engine.Clock, CancellationToken.None);
        }

        var watching = WatchHealthAsync(ended.Token);
        var exitCode = await process.Exited;
        _process = null;
        await ended.CancelAsync();
        await watching;
        Publish(snapshot => snapshot with
        {
            State = exitCode == 0 ? KnownResourceStates.Finished : KnownResourceStates.Exited,
            ExitCode = exitCode, StopTimeStamp = Now(), IsReady = false, ProcessId = null,
        });
        if (!_endIsWanted && (exitCode != 0 || IsMeantToStay))
        {
            engine.Report.Fail($"{id} ended with exit code {exitCode}{Signal(exitCode)}", null, engine.Logs.Newest(resource.Name, 20));
        }

        await StoppedAsync();
    }

    // A server someone else runs: there is no process, only its health.
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        PublishRunning(processId: null);
        await WatchHealthAsync(cancellationToken);
        Publish(snapshot => snapshot with { State = KnownResourceStates.Exited, StopTimeStamp = Now(), IsReady = false });
    }

    private void PublishRunning(int? processId) => Publish(snapshot => snapshot with
    {
        State = KnownResourceStates.Running,
        StartTimeStamp = Now(),
        ProcessId = processId,
        Properties = processId is null ? [] : [new ResourcePropertySnapshot(ResourcePropertySnapshot.ProcessId, processId)],
        Urls = resource is IResourceWithEndpoints withEndpoints
            ? [.. withEndpoints.GetEndpoints().Where(endpoint => endpoint.IsAllocated)
                .Select(endpoint => new UrlSnapshot(endpoint.EndpointName, endpoint.Url, !endpoint.EndpointAnnotation.IsHttp))]
            : [],
    });

    private async Task WatchHealthAsync(CancellationToken cancellationToken)
    {
        var pause = s_firstProbe;
        var complainAt = engine.Clock.GetUtcNow() + s_patience;
        try
        {
            while (true)
            {
                var reports = await Task.WhenAll(probes.Select(probe => AskAsync(probe, cancellationToken)));
                cancellationToken.ThrowIfCancellationRequested();
                var healthy = reports.All(report => report.Status == HealthStatus.Healthy);
                PublishHealth([.. reports], healthy);
                if (!healthy && Snapshot is { IsReady: false } && engine.Clock.GetUtcNow() >= complainAt)
                {
                    engine.Report.Warn($"{id} runs, but is not ready yet: {Complaints(reports)}");
                    complainAt = DateTimeOffset.MaxValue;
                }

                if (healthy && Snapshot is { IsReady: false })
                {
                    await engine.Eventing.PublishAsync(new ResourceReadyEvent(resource, engine.Services), cancellationToken);
                    Publish(snapshot => snapshot with { IsReady = true });
                }

                if (probes.Count == 0)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                }

                pause = healthy ? s_probeWhenHealthy : Shorter(pause * 1.3, s_slowestProbe);
                await Task.Delay(pause, engine.Clock, cancellationToken);
                if (healthy)
                {
                    pause = s_firstProbe;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }

        static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
    }

    private async Task<HealthReportSnapshot> AskAsync(IProbe probe, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_probeTimeout);
        try
        {
            var complaint = await probe.AskAsync(ports, limit.Token);
            return new(probe.Name, complaint is null ? HealthStatus.Healthy : HealthStatus.Unhealthy, complaint, null);
        }
        catch (OperationCanceledException)
        {
            return new(probe.Name, HealthStatus.Unhealthy, $"no answer within {s_probeTimeout.TotalSeconds:0} s", null);
        }
    }

    private void PublishHealth(ImmutableArray<HealthReportSnapshot> reports, bool healthy)
    {
        var before = Snapshot;
        if (before is null || before.HealthReports.SequenceEqual(reports))
        {
            return;
        }

        Publish(snapshot => snapshot with { HealthReports = reports });
        if (before.IsReady && !healthy && before.HealthStatus == HealthStatus.Healthy)
        {
            engine.Report.Warn($"{id} is unhealthy: {Complaints(reports)}");
        }
        else if (before.IsReady && healthy)
        {
            engine.Report.Say($"{id} is healthy again.");
        }
    }

    private static string Complaints(IEnumerable<HealthReportSnapshot> reports) => string.Join("; ", reports.Select(report => report.Description).OfType<string>());

    private async Task FailAsync(Exception exception)
    {
        var reason = exception is DistributedApplicationException ? exception.Message : exception.ToString();
        engine.Logs.Write(resource.Name, reason, isError: true);
        Publish(snapshot => snapshot with
        {
            State = KnownResourceStates.FailedToStart, StopTimeStamp = Now(), Failure = exception.Message, IsReady = false, ProcessId = null,
        });
        engine.Report.Fail($"{id} failed to start", reason, []);
        await StoppedAsync();
    }

    private Task StoppedAsync() => engine.Notifications.TryGetCurrentState(id, out var last)
        ? engine.Eventing.PublishAsync(new ResourceStoppedEvent(resource, engine.Services, last), CancellationToken.None)
        : Task.CompletedTask;

    private void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        engine.Notifications.Publish(resource, id, change);

    private DateTime Now() => engine.Clock.GetUtcNow().UtcDateTime;

    private static string Signal(int exitCode) => exitCode switch
    {
        128 + 6 => " (SIGABRT)",
        128 + NativeMethods.SigKill => " (SIGKILL)",
        128 + 11 => " (SIGSEGV)",
        128 + NativeMethods.SigTerm => " (SIGTERM)",
        _ => "",
    };
}
