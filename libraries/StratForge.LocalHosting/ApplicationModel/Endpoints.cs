using System.Net.Sockets;

namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>An address a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    public EndpointAnnotation(
        ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null,
        int? port = null, int? targetPort = null, bool? isExternal = null, bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? (protocol == ProtocolType.Udp ? "udp" : "tcp");
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : "tcp");
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    public string Name { get; }

    public ProtocolType Protocol { get; set; }

    /// <summary>The port others use; null for one that is free.</summary>
    public int? Port { get; set; }

    /// <summary>The port the process listens on; null for one the engine picks.</summary>
    public int? TargetPort { get; set; }

    public string UriScheme { get; set; }

    public string TargetHost { get; set; } = "localhost";

    /// <summary>Where it is reached from this machine: who listens on all addresses is reached on its own.</summary>
    internal string NearHost => TargetHost is "0.0.0.0" or "[::]" or "*" ? "localhost" : TargetHost;

    /// <summary><c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
    public string Transport { get; set; }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    /// <summary>The variable that tells the process its port, instead of <c>ASPNETCORE_URLS</c>.</summary>
    public string? TargetPortEnvironmentVariable { get; set; }

    /// <summary>Comes from a launch profile and has no port of its own when published.</summary>
    internal bool FromLaunchProfile { get; init; }

    /// <summary>Set once the application starts.</summary>
    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    internal bool IsHttp => UriScheme is "http" or "https";
}

/// <summary>Where an endpoint is reached in this run.</summary>
public sealed class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    public EndpointAnnotation Endpoint => endpoint;

    public string Address => address;

    public int Port => port;

    public string UriString => $"{endpoint.UriScheme}://{address}:{port}";
}

public enum EndpointProperty
{
    Url,
    Host,
    IPV4Host,
    Port,
    Scheme,
    TargetPort,
    HostAndPort,
}

/// <summary>Someone else's address, known once that resource has one.</summary>
public sealed class EndpointReference : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    private EndpointAnnotation? _annotation;

    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        Resource = owner;
        EndpointName = endpointName;
    }

    internal EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation annotation)
        : this(owner, annotation.Name) => _annotation = annotation;

    public IResourceWithEndpoints Resource { get; }

    public string EndpointName { get; }

    public bool Exists => Find() is not null;

    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    public string Url => Allocated.UriString;

    public string Host => Allocated.Address;

    public int Port => Allocated.Port;

    public string Scheme => EndpointAnnotation.UriScheme;

    /// <summary>The port of the process that asks, where a resource has several; else the one port.</summary>
    public int? TargetPort => InstancePorts.Of(EndpointAnnotation) ?? EndpointAnnotation.TargetPort ?? EndpointAnnotation.AllocatedEndpoint?.Port;

    public EndpointAnnotation EndpointAnnotation => Find() ?? throw new InvalidOperationException(
        $"'{Resource.Name}' has no endpoint '{EndpointName}'.");

    public string ValueExpression => Property(EndpointProperty.Url).ValueExpression;

    public IEnumerable<object> References => [Resource];

    private AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedEndpoint ?? throw new InvalidOperationException(
        $"The endpoint '{EndpointName}' of '{Resource.Name}' has no address before the application starts.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    private EndpointAnnotation? Find() => _annotation ??= Resource.AnnotationsOf<EndpointAnnotation>()
        .LastOrDefault(endpoint => string.Equals(endpoint.Name, EndpointName, StringComparison.OrdinalIgnoreCase));
}

/// <summary>One part of an address.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property)
    : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    public EndpointReference Endpoint => endpoint;

    public EndpointProperty Property => property;

    public IEnumerable<object> References => [endpoint];

    public string ValueExpression => property switch
    {
        EndpointProperty.Url => Part("url"),
        EndpointProperty.Host or EndpointProperty.IPV4Host => Part("host"),
        EndpointProperty.Port => Part("port"),
        EndpointProperty.Scheme => Part("scheme"),
        EndpointProperty.TargetPort => Part("targetPort"),
        EndpointProperty.HostAndPort => Part("host") + ":" + Part("port"),
        _ => throw new InvalidOperationException($"No endpoint property {property}."),
    };

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(property switch
    {
        EndpointProperty.Url => endpoint.Url,
        EndpointProperty.Host => endpoint.Host,
        EndpointProperty.IPV4Host => endpoint.Host == "localhost" ? "127.0.0.1" : endpoint.Host,
        EndpointProperty.Port => $"{endpoint.Port}",
        EndpointProperty.Scheme => endpoint.Scheme,
        EndpointProperty.TargetPort => $"{endpoint.TargetPort}",
        EndpointProperty.HostAndPort => $"{endpoint.Host}:{endpoint.Port}",
        _ => throw new InvalidOperationException($"No endpoint property {property}."),
    });

    private string Part(string name) => $"{{{endpoint.Resource.Name}.bindings.{endpoint.EndpointName}.{name}}}";
}

/// <summary>While the environment of one replica is put together: the ports that replica listens on.</summary>
internal static class InstancePorts
{
    private static readonly AsyncLocal<IReadOnlyDictionary<EndpointAnnotation, int>?> s_current = new();

    public static int? Of(EndpointAnnotation endpoint) =>
        s_current.Value is { } ports && ports.TryGetValue(endpoint, out var port) ? port : null;

    public static void Use(IReadOnlyDictionary<EndpointAnnotation, int>? ports) => s_current.Value = ports;
}
