namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>A .NET project that runs as a process of its own.</summary>
public sealed class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IComputeResource;

/// <summary>A program of the machine.</summary>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IComputeResource
{
    public string Command => command;

    public string WorkingDirectory => workingDirectory;
}

/// <summary>A container image. Natively it can't run; Postgres and Redis, which derive from it, have native servers.</summary>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IComputeResource
{
    public string? Entrypoint { get; set; } = entrypoint;
}

/// <summary>A connection string from configuration, or put together from other values.</summary>
public sealed class ConnectionStringResource(string name, ReferenceExpression expression, string? environmentVariable = null)
    : Resource(name), IResourceWithConnectionString, IResourceWithoutLifetime
{
    public ReferenceExpression ConnectionStringExpression => expression;

    public string? ConnectionStringEnvironmentVariable => environmentVariable;

    /// <summary>The parameter behind it, when it comes from configuration.</summary>
    internal ParameterResource? Parameter { get; init; }
}
