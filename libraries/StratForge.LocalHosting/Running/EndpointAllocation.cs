using System.Net.Sockets;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Running;

/// <summary>The ports of one resource: what others use, and what each of its processes listens on.</summary>
internal sealed record EndpointAllocation(IReadOnlyList<IReadOnlyDictionary<EndpointAnnotation, int>> Instances, IReadOnlyList<EndpointAllocation.Proxy> Proxies)
{
    internal sealed record Proxy(int Port, IReadOnlyList<int> Targets);

    /// <param name="resource">Its endpoints get their addresses.</param>
    /// <param name="randomize">Ports that are asked for are not insisted on; several applications run side by side then.</param>
    /// <param name="taken">Ports other resources of this application got; nobody listens on them yet.</param>
    /// <param name="warn">Told when a port that was asked for is taken and another one stands in.</param>
    /// <exception cref="DistributedApplicationException">A port that users were promised is taken.</exception>
    public static EndpointAllocation Of(IResourceWithEndpoints resource, bool randomize, HashSet<int> taken, Action<string> warn)
    {
        var replicas = resource.TryGetLastAnnotation<ReplicaAnnotation>(out var replicated) ? replicated.Replicas : 1;
        var native = resource.TryGetLastAnnotation<NativeServerAnnotation>(out var server);
        var instances = Enumerable.Range(0, replicas).Select(_ => new Dictionary<EndpointAnnotation, int>()).ToArray();
        var proxies = new List<Proxy>();
        foreach (var endpoint in resource.AnnotationsOf<EndpointAnnotation>())
        {
            if (native && server!.Server.IsGiven)
            {
                endpoint.AllocatedEndpoint = Given(resource, endpoint);
                continue;
            }

            // A container's own port is its image's affair; natively there is one port only.
            var target = resource is ContainerResource || (randomize && endpoint.TargetPortEnvironmentVariable is not null) ? null : endpoint.TargetPort;
            var port = Public(resource, endpoint, target, randomize, taken, warn);
            taken.Add(port);
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, endpoint.NearHost, port);
            if (replicas == 1 && (!endpoint.IsProxied || target is null || target == port))
            {
                instances[0][endpoint] = port;
                continue;
            }

            foreach (var instance in instances)
            {
                instance[endpoint] = replicas == 1 ? target ?? PortAllocator.Free() : PortAllocator.Free();
            }

            proxies.Add(new(port, [.. instances.Select(instance => instance[endpoint])]));
        }

        return new(instances, proxies);
    }

    /// <summary>Ports that users were promised: a start fails when one is taken.</summary>
    public static IEnumerable<int> Promised(IResourceWithEndpoints resource) => resource.AnnotationsOf<EndpointAnnotation>()
        .Where(endpoint => endpoint is { IsExternal: true, Port: not null })
        .Select(endpoint => endpoint.Port!.Value);

    private static int Public(IResource resource, EndpointAnnotation endpoint, int? target, bool randomize, HashSet<int> taken, Action<string> warn)
    {
        var wanted = randomize ? target : endpoint.Port ?? target;
        if (wanted is not { } port)
        {
            return PortAllocator.Free();
        }

        var ours = taken.Contains(port);
        var obstacle = ours ? SocketError.AddressAlreadyInUse : PortAllocator.WhyNot(port);
        if (obstacle is null)
        {
            return port;
        }

        if (!ours && (endpoint.IsExternal || endpoint.TargetPort == port))
        {
            throw new DistributedApplicationException(obstacle == SocketError.AccessDenied
                ? $"Listening on port {port} takes rights that this user has not. Give {resource.Name} another port: from 1024 on anybody may."
                : $"Port {port}, which {resource.Name} listens on, is taken by another program, or by an earlier run that is still ending. Stop that one, or give {resource.Name} another port.");
        }

        var free = PortAllocator.Free();
        warn($"Port {port} is taken{(ours ? " by another of our resources" : "")}; {resource.Name} listens on {free} instead.");
        return free;
    }

    private static AllocatedEndpoint Given(IResource resource, EndpointAnnotation endpoint) => resource switch
    {
        PostgresServerResource { Given: { } postgres } => new(endpoint, postgres.Host ?? "localhost", postgres.Port),
        RedisResource { Given: { } redis } => new(endpoint, redis.Host, redis.Port),
        _ => throw new InvalidOperationException($"'{resource.Name}' is not given from outside."),
    };
}
