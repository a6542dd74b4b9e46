using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>The state of every resource, and everybody who waits for one.</summary>
public sealed class ResourceNotificationService
{
    private readonly ConcurrentDictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _publishing = new();
    private ImmutableList<Channel<ResourceEvent>> _watchers = [];

    /// <summary>What waiting means where a caller does not say.</summary>
    public WaitBehavior DefaultWaitBehavior { get; internal set; }

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <returns>The state that was reached.</returns>
    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForResourceAsync(
            resourceName, change => change.Snapshot.State is { Text: var text } && wanted.Contains(text), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken))
        {
            if (Named(change, resourceName) && predicate(change))
            {
                return change;
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Waits until every replica of the resource is healthy and ready.</summary>
    /// <exception cref="DistributedApplicationException">It ended or failed, and the behaviour is not to wait for its return.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken))
        {
            if (!Named(change, resourceName))
            {
                continue;
            }

            if (waitBehavior == WaitBehavior.StopOnResourceUnavailable && change.Snapshot.IsTerminal)
            {
                throw new DistributedApplicationException(
                    $"'{resourceName}' is {change.Snapshot.State?.Text}{Because(change.Snapshot)} and will not become healthy.");
            }

            if (InstancesOf(change.Resource).All(IsHealthyAndReady))
            {
                return change;
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>Returns when everything the resource waits for is as it wants it.</summary>
    /// <exception cref="DistributedApplicationException">One of them can no longer become so.</exception>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken = default) =>
        Task.WhenAll(resource.AnnotationsOf<WaitAnnotation>().Select(wait => WaitForAsync(wait, cancellationToken)));

    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Bounded by nature: a watcher sees a few events per resource and start; a watcher that never reads is a bug of its owner.
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_publishing)
        {
            foreach (var change in _current.Values)
            {
                channel.Writer.TryWrite(change);
            }

            _watchers = _watchers.Add(channel);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_publishing)
            {
                _watchers = _watchers.Remove(channel);
            }
        }
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent) =>
        _current.TryGetValue(resourceId, out resourceEvent);

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        Publish(resource, resource.Name, stateFactory);
        return Task.CompletedTask;
    }

    internal void Publish(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_publishing)
        {
            var before = _current.TryGetValue(resourceId, out var known)
                ? known.Snapshot
                : new CustomResourceSnapshot { ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal) };
            var change = new ResourceEvent(resource, resourceId, stateFactory(before));
            _current[resourceId] = change;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(change);
            }
        }
    }

    internal IReadOnlyList<ResourceEvent> InstancesOf(IResource resource) =>
        [.. _current.Values.Where(change => ReferenceEquals(change.Resource, resource)).OrderBy(change => change.ResourceId, StringComparer.Ordinal)];

    internal IReadOnlyList<ResourceEvent> All() => [.. _current.Values];

    internal static string Because(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { Failure: { } failure } => $" ({failure})",
        { ExitCode: { } code } => $" (exit code {code})",
        _ => "",
    };

    private static bool IsHealthyAndReady(ResourceEvent change) =>
        change.Snapshot is { HealthStatus: HealthStatus.Healthy, IsReady: true };

    private static bool Named(ResourceEvent change, string name) =>
        string.Equals(change.Resource.Name, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(change.ResourceId, name, StringComparison.OrdinalIgnoreCase);

    private async Task WaitForAsync(WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        switch (wait.WaitType)
        {
            case WaitType.WaitUntilHealthy:
                await WaitForResourceHealthyAsync(name, wait.WaitBehavior ?? DefaultWaitBehavior, cancellationToken);
                break;

            case WaitType.WaitUntilStarted:
                var stops = (wait.WaitBehavior ?? DefaultWaitBehavior) == WaitBehavior.StopOnResourceUnavailable;
                var started = await WaitForResourceAsync(
                    name, change => change.Snapshot.State?.Text == KnownResourceStates.Running || (stops && change.Snapshot.IsTerminal), cancellationToken);
                if (started.Snapshot.IsTerminal)
                {
                    throw new DistributedApplicationException($"'{name}' is {started.Snapshot.State?.Text}{Because(started.Snapshot)}.");
                }

                break;

            case WaitType.WaitForCompletion:
                var ended = await WaitForResourceAsync(name, change => change.Snapshot.IsTerminal, cancellationToken);
                if (ended.Snapshot.ExitCode != wait.ExitCode)
                {
                    throw new DistributedApplicationException(
                        $"'{name}' was to end with exit code {wait.ExitCode} but is {ended.Snapshot.State?.Text}{Because(ended.Snapshot)}.");
                }

                break;
        }
    }
}
