using Microsoft.Extensions.Logging;

namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>How long a waiter waits for a resource that has stopped or failed.</summary>
public enum WaitBehavior
{
    /// <summary>Until it is back.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Not at all: the waiter fails too.</summary>
    StopOnResourceUnavailable,
}

public enum WaitType
{
    WaitUntilHealthy,
    WaitForCompletion,
    WaitUntilStarted,
}

public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource => resource;

    public WaitType WaitType => waitType;

    public int ExitCode => exitCode;

    /// <summary>Null: as the application decides.</summary>
    public WaitBehavior? WaitBehavior { get; init; }
}

/// <summary>How often a project runs side by side.</summary>
public sealed class ReplicaAnnotation(int replicas) : IResourceAnnotation
{
    public int Replicas => replicas;
}

/// <summary>Stays down until a command starts it.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>Forwarded headers are not trusted when deployed.</summary>
public sealed class DisableForwardedHeadersAnnotation : IResourceAnnotation;

public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource => resource;

    public string Type => type;
}

public sealed class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key => key;
}

public enum ContainerLifetime
{
    Session,
    Persistent,
}

public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    public required ContainerLifetime Lifetime { get; init; }
}

public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    public string? Registry { get; set; }

    public required string Image { get; set; }

    public string? Tag { get; set; }

    public string Reference => (Registry is null ? "" : Registry + "/") + Image + ":" + (Tag ?? "latest");
}

public enum ContainerMountType
{
    BindMount,
    Volume,
}

public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly) : IResourceAnnotation
{
    public string? Source => source;

    public string Target => target;

    public ContainerMountType Type => type;

    public bool IsReadOnly => isReadOnly;
}

public sealed class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext,
    IResource resource,
    Dictionary<string, object> environmentVariables,
    ILogger logger,
    CancellationToken cancellationToken = default)
{
    public Dictionary<string, object> EnvironmentVariables => environmentVariables;

    public DistributedApplicationExecutionContext ExecutionContext => executionContext;

    public IResource Resource => resource;

    public ILogger Logger => logger;

    public CancellationToken CancellationToken => cancellationToken;
}

public sealed class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    public EnvironmentCallbackAnnotation(Action<EnvironmentCallbackContext> callback)
        : this(context =>
        {
            callback(context);
            return Task.CompletedTask;
        })
    {
    }

    public Func<EnvironmentCallbackContext, Task> Callback => callback;
}

public sealed class CommandLineArgsCallbackContext(
    DistributedApplicationExecutionContext executionContext,
    IList<object> args,
    CancellationToken cancellationToken = default)
{
    public IList<object> Args => args;

    public DistributedApplicationExecutionContext ExecutionContext => executionContext;

    public CancellationToken CancellationToken => cancellationToken;
}

public sealed class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<CommandLineArgsCallbackContext, Task> Callback => callback;
}

/// <summary>What a reference brings along.</summary>
[Flags]
public enum ReferenceEnvironmentInjectionFlags
{
    None = 0,
    ConnectionString = 1,
    ConnectionProperties = 2,
    ServiceDiscovery = 4,
    Endpoints = 8,
    All = ConnectionString | ConnectionProperties | ServiceDiscovery | Endpoints,
}

public sealed class ReferenceEnvironmentInjectionAnnotation(ReferenceEnvironmentInjectionFlags flags) : IResourceAnnotation
{
    public ReferenceEnvironmentInjectionFlags Flags => flags;
}

/// <summary>How a resource appears in the manifest; <see cref="Ignore"/> leaves it out.</summary>
public sealed class ManifestPublishingCallbackAnnotation(Func<Publishing.ManifestPublishingContext, Task>? callback) : IResourceAnnotation
{
    public static ManifestPublishingCallbackAnnotation Ignore { get; } = new(null);

    public Func<Publishing.ManifestPublishingContext, Task>? Callback => callback;
}
