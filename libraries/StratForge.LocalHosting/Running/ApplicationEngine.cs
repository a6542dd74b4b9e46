using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;
using StratForge.LocalHosting.Dashboard;
using StratForge.LocalHosting.Eventing;

namespace StratForge.LocalHosting.Running;

/// <summary>How this run differs from a plain <c>dotnet run</c>.</summary>
internal sealed record EngineOptions
{
    /// <summary>A test's: random ports, its own data, nothing taken over from the user's environment.</summary>
    public bool Isolated { get; init; }

    public bool Dashboard { get; init; } = true;

    /// <summary>Passes what resources write to <c>ILogger</c>.</summary>
    public bool ForwardLogs { get; init; }
}

/// <summary>Runs the model: starts every resource when its time has come, watches it, and stops all in reverse order.</summary>
internal sealed class ApplicationEngine(
    DistributedApplicationModel model, EngineOptions options, IConfiguration configuration, IHostEnvironment hostEnvironment,
    EnvironmentComposer composer, DataRoot data, ResourceNotificationService notifications, ResourceLoggerService logs,
    ResourceCommandService commands, IDistributedApplicationEventing eventing, IServiceProvider services, IReport report,
    TimeProvider clock, IHostApplicationLifetime lifetime, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, List<ResourceInstance>> _instances = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<TcpRoundRobin> _proxies = [];
    private readonly ConcurrentQueue<string> _announcements = new();
    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) });
    private readonly List<Task> _background = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private bool _tableShown;

    /// <summary>Why the application could not go on; null while all is well.</summary>
    public string? Fatal { get; private set; }

    /// <summary>Null before the start, and in a run without a page.</summary>
    public DashboardServer? Dashboard { get; private set; }

    // Away from the caller's synchronisation context: what goes on in the background must not wait for a test's few threads.
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(() => StartCoreAsync(cancellationToken), cancellationToken);

    /// <summary>Whoever depends on others goes before them.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => StopCoreAsync(cancellationToken), CancellationToken.None);

    private async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        report.Say("Distributed application starting.");
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        await data.AcquireAsync(report.Say, cancellationToken);
        ResolveParameters();
        AdoptGivenServers();
        logs.Written += OnLine;

        var allocations = await AllocateAsync(cancellationToken);
        if (options.Dashboard)
        {
            Dashboard = DashboardServer.Create(configuration, model, notifications, logs, commands, clock, report.Warn);
        }

        var dashboardStarted = Dashboard?.StartAsync(cancellationToken) ?? Task.CompletedTask;
        commands.Executor = ExecuteAsync;
        var plans = new LaunchPlans(composer, data, logs, report, () => Dashboard?.Telemetry, loggers.CreateLogger<LaunchPlans>());
        var engine = new InstanceServices(notifications, logs, eventing, services, report, clock, loggers.CreateLogger<ResourceInstance>());
        foreach (var resource in model.Resources.Where(HasProcess))
        {
            Create(resource, allocations, plans, engine);
        }

        foreach (var database in model.Resources.OfType<PostgresDatabaseResource>())
        {
            var child = new DatabaseFollower(database, engine);
            child.Announce();
            _background.Add(child.FollowAsync(_over.Token));
        }

        // Everything is known before anything starts, so that nobody who waits misses a state.
        foreach (var resource in model.Resources.Where(HasProcess))
        {
            await eventing.PublishAsync(new InitializeResourceEvent(resource, services), cancellationToken);
            await AnnounceAddressesAsync(resource, cancellationToken);
        }

        _background.Add(ShowWhenSettledAsync(_over.Token));
        foreach (var instance in _instances.Values.SelectMany(list => list).Where(instance => !IsExplicit(instance.Resource)))
        {
            await instance.StartAsync();
        }

        await dashboardStarted;
        if (Dashboard is not null)
        {
            report.Say($"Now listening on: {Dashboard.Address.OriginalString}");
            if (Dashboard.Access.Token is not null)
            {
                report.Say($"Login to the dashboard at {Dashboard.LoginAddress.OriginalString}");
            }
        }

        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken);
        report.Say("Distributed application started. Press Ctrl+C to shut down.");
    }

    private async Task StopCoreAsync(CancellationToken cancellationToken)
    {
        if (_over.IsCancellationRequested)
        {
            return;
        }

        report.Say("Stopping.");
        commands.Executor = null;
        await _over.CancelAsync();
        var dependents = Dependents();
        var stops = new ConcurrentDictionary<IResource, Task>();
        await Task.WhenAll(model.Resources.Where(HasProcess).Select(resource => StopWhenUnusedAsync(resource, [])));
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }

        await Task.WhenAll(_background);
        if (Dashboard is not null)
        {
            await Dashboard.DisposeAsync();
        }

        logs.Written -= OnLine;
        report.Say("Stopped.");

        Task StopWhenUnusedAsync(IResource resource, ImmutableHashSet<IResource> onTheWay) => stops.GetOrAdd(resource, _ => StopOneAsync(resource, onTheWay.Add(resource)));

        async Task StopOneAsync(IResource resource, ImmutableHashSet<IResource> onTheWay)
        {
            await Task.Yield();
            await Task.WhenAll(dependents[resource].Where(dependent => !onTheWay.Contains(dependent)).Select(dependent => StopWhenUnusedAsync(dependent, onTheWay)));
            if (_instances.TryGetValue(resource.Name, out var instances))
            {
                await Task.WhenAll(instances.Select(instance => instance.StopAsync(s_grace, cancellationToken)));
            }
        }
    }

    /// <summary>No more patience: SIGKILL to everything.</summary>
    public void KillEverything()
    {
        foreach (var instance in _instances.Values.SelectMany(list => list))
        {
            instance.KillNow();
        }
    }

    public ValueTask DisposeAsync()
    {
        KillEverything();
        foreach (var instance in _instances.Values.SelectMany(list => list))
        {
            instance.Dispose();
        }

        _http.Dispose();
        _over.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool HasProcess(IResource resource) => resource is ProjectResource or ExecutableResource or ContainerResource;

    private static bool IsExplicit(IResource resource) => resource.AnnotationsOf<ExplicitStartupAnnotation>().Any();

    // A value that is missing is said now, in one sentence, and not by some service later.
    private void ResolveParameters()
    {
        foreach (var parameter in model.Resources.OfType<ParameterResource>())
        {
            _ = parameter.Value;
            notifications.Publish(parameter, parameter.Name, snapshot => snapshot with { State = KnownResourceStates.Running, IsReady = true });
        }
    }

    private void AdoptGivenServers()
    {
        if (options.Isolated)
        {
            return;
        }

        foreach (var native in model.Resources.SelectMany(resource => resource.AnnotationsOf<NativeServerAnnotation>()))
        {
            native.Server.Adopt(configuration);
        }
    }

    private async Task<Dictionary<IResource, EndpointAllocation>> AllocateAsync(CancellationToken cancellationToken)
    {
        var resources = model.Resources.OfType<IResourceWithEndpoints>().Where(HasProcess).ToArray();
        if (!options.Isolated && resources.SelectMany(EndpointAllocation.Promised).FirstOrDefault(port => !PortAllocator.IsFree(port)) is > 0 and var port)
        {
            await EarlierRun.WaitForPortAsync(port, report.Say, cancellationToken);
        }

        // Ports somebody insists on come first, so that none of them is handed out as a free one.
        var ordered = resources
            .OrderByDescending(resource => resource.AnnotationsOf<EndpointAnnotation>().Any(endpoint => endpoint is { IsExternal: true, Port: not null }));
        var allocations = new Dictionary<IResource, EndpointAllocation>();
        var taken = new HashSet<int>();
        foreach (var resource in ordered)
        {
            allocations[resource] = EndpointAllocation.Of(resource, options.Isolated, taken, report.Warn);
        }

        return allocations;
    }

    private void Create(
        IResource resource, Dictionary<IResource, EndpointAllocation> allocations, LaunchPlans plans, InstanceServices engine)
    {
        var allocation = allocations[resource];
        _proxies.AddRange(allocation.Proxies.Select(proxy => new TcpRoundRobin(proxy.Port, proxy.Targets)));
        var probes = Probes(resource).ToArray();
        var instances = allocation.Instances
            .Select((ports, index) => new ResourceInstance(
                resource, allocation.Instances.Count == 1 ? resource.Name : $"{resource.Name}-{index + 1}", ports, probes, PlanAsync, engine))
            .ToList();
        _instances[resource.Name] = instances;
        foreach (var instance in instances)
        {
            notifications.Publish(resource, instance.Id, snapshot => snapshot with { State = KnownResourceStates.NotStarted });
        }

        async Task<LaunchPlan?> PlanAsync(ResourceInstance instance, CancellationToken cancellationToken)
        {
            try
            {
                return await plans.OfAsync(instance, cancellationToken);
            }
            catch (MissingServerException exception)
            {
                Fatal = exception.Message;
                lifetime.StopApplication();
                throw;
            }
        }
    }

    private IEnumerable<IProbe> Probes(IResource resource)
    {
        foreach (var native in resource.AnnotationsOf<NativeServerAnnotation>())
        {
            yield return native.Server.Probe;
        }

        foreach (var probe in resource.AnnotationsOf<HttpProbeAnnotation>())
        {
            yield return probe.For(resource, _http);
        }

        foreach (var check in resource.AnnotationsOf<HealthCheckAnnotation>())
        {
            yield return new RegisteredProbe(check.Key, services);
        }
    }

    private async Task AnnounceAddressesAsync(IResource resource, CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken);
        if (resource is IResourceWithConnectionString)
        {
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken);
        }

        foreach (var child in model.Resources.OfType<IResourceWithParent>().Where(child => ReferenceEquals(child.Parent, resource)))
        {
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(child, services), cancellationToken);
        }
    }

    private ILookup<IResource, IResource> Dependents()
    {
        var pairs =
            from resource in model.Resources
            from dependency in resource.AnnotationsOf<WaitAnnotation>().Select(wait => wait.Resource)
                .Concat(resource.AnnotationsOf<ResourceRelationshipAnnotation>().Select(relation => relation.Resource))
                .SelectMany(other => other is IResourceWithParent { Parent: var parent } ? new[] { other, parent } : [other])
            where !ReferenceEquals(resource, dependency)
            select (resource, dependency);
        return pairs.Distinct().ToLookup(pair => pair.dependency, pair => pair.resource);
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        var chosen = _instances.TryGetValue(name, out var all)
            ? all
            : [.. _instances.Values.SelectMany(list => list).Where(instance => string.Equals(instance.Id, name, StringComparison.OrdinalIgnoreCase))];
        if (chosen.Count == 0)
        {
            return new() { Success = false, ErrorMessage = $"There is no resource '{name}' that could be commanded." };
        }

        report.Say($"{name}: {command}");
        var complaints = await Task.WhenAll(chosen.Select(instance => ExecuteAsync(instance, command, cancellationToken)));
        var complaint = complaints.OfType<string>().FirstOrDefault();
        return new() { Success = complaint is null, ErrorMessage = complaint };
    }

    private static async Task<string?> ExecuteAsync(ResourceInstance instance, string command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case KnownResourceCommands.StartCommand:
                return await instance.StartAsync() ? null : $"{instance.Id} is running.";
            case KnownResourceCommands.StopCommand:
                await instance.StopAsync(s_grace, cancellationToken);
                return null;
            case KnownResourceCommands.RestartCommand:
                await instance.StopAsync(s_grace, cancellationToken);
                return await instance.StartAsync() ? null : $"{instance.Id} was started by somebody else meanwhile.";
            case KnownResourceCommands.KillCommand:
                return await instance.KillAsync() ? null : $"{instance.Id} is not running.";
            default:
                return $"There is no command '{command}'.";
        }
    }

    private void OnLine(string resource, LogLine line)
    {
        report.Line(resource, line.Content, line.IsErrorMessage);
        if (options.ForwardLogs)
        {
            var logger = loggers.CreateLogger($"{hostEnvironment.ApplicationName}.Resources.{resource}");
            if (line.IsErrorMessage)
            {
                LogMessages.Error(logger, line.Content);
            }
            else
            {
                LogMessages.Information(logger, line.Content);
            }
        }

        // What a service wants a person to see on the first start, a password for instance, must not drown in the log.
        var text = ConsoleReport.Escapes().Replace(line.Content, "").TrimStart();
        if (text.StartsWith("[demo]", StringComparison.Ordinal) || text.StartsWith("[admin]", StringComparison.Ordinal))
        {
            if (_tableShown)
            {
                report.Table("", [], [text]);
            }
            else
            {
                _announcements.Enqueue(text);
            }
        }
    }

    private async Task ShowWhenSettledAsync(CancellationToken cancellationToken)
    {
        var shown = _instances.Values.SelectMany(list => list).Where(instance => !IsExplicit(instance.Resource)).ToArray();
        try
        {
            await foreach (var _ in notifications.WatchAsync(cancellationToken))
            {
                var snapshots = shown.Select(instance => instance.Snapshot).OfType<CustomResourceSnapshot>().ToArray();
                var failed = shown.Any(instance => instance.Snapshot is { IsTerminal: true } ended && (ended.ExitCode != 0 || instance.IsMeantToStay));
                var underWay = snapshots.Any(snapshot => snapshot is { State.Text: "Starting" or "NotStarted" } or { State.Text: "Running", IsReady: false });
                var waiting = snapshots.Any(snapshot => snapshot.State?.Text == KnownResourceStates.Waiting);
                if (!underWay && (failed || !waiting))
                {
                    ShowTable(failed);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private void ShowTable(bool failed)
    {
        var rows = new List<ReportRow>();
        foreach (var change in model.Resources.Where(resource => resource is not ParameterResource).SelectMany(notifications.InstancesOf))
        {
            var snapshot = change.Snapshot;
            var (state, style) = snapshot switch
            {
                { HealthStatus: Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy } => ("healthy", "green"),
                { State.Text: "Running" } => ("unhealthy", "yellow"),
                { State.Text: "Finished" } when !IsMeantToStay(change.ResourceId) => ("finished", "grey"),
                { IsTerminal: true } => (snapshot.State!.Text + ResourceNotificationService.Because(snapshot), "red"),
                _ => (snapshot.State?.Text ?? "", "yellow"),
            };
            rows.Add(new(change.ResourceId, state, style, string.Join("  ", snapshot.Urls.Select(url => url.Url))));
        }

        var hints = new List<string>();
        if (!failed)
        {
            hints.AddRange(model.Resources.OfType<IResourceWithEndpoints>()
                .SelectMany(resource => resource.GetEndpoints())
                .Where(endpoint => endpoint is { IsAllocated: true, EndpointAnnotation: { IsExternal: true, IsHttp: true } })
                .Select(endpoint => $"Open {endpoint.Url} ({endpoint.Resource.Name})").Distinct());
        }

        if (Dashboard is not null)
        {
            hints.Add($"Resources, logs and traces: {Dashboard.LoginAddress.OriginalString}");
        }

        while (_announcements.TryDequeue(out var announcement))
        {
            hints.Add(announcement);
        }

        bool IsMeantToStay(string id) => _instances.Values.SelectMany(list => list).Any(instance => instance.Id == id && instance.IsMeantToStay);

        hints.Add("Press Ctrl+C to stop everything.");
        _tableShown = true;
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        report.Table(failed ? "Not everything started" : $"Everything is up after {seconds:0.0} s", rows, hints);
    }
}

internal static partial class LogMessages
{
    [LoggerMessage(LogLevel.Information, "{Line}")]
    public static partial void Information(ILogger logger, string line);

    [LoggerMessage(LogLevel.Error, "{Line}")]
    public static partial void Error(ILogger logger, string line);
}
