using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>What a native server is given to start with.</summary>
/// <param name="Data">Where its data may live.</param>
/// <param name="Port">The loopback port it is to listen on.</param>
/// <param name="Inherited">The environment it inherits.</param>
/// <param name="Say">Tells the person at the terminal.</param>
/// <param name="Write">Adds a line to the server's own log.</param>
internal sealed record ServerContext(
    DataRoot Data, int Port, IReadOnlyDictionary<string, string> Inherited, Action<string> Say, Action<string> Write);

/// <summary>A resource that is described as a container and has a native server of the same kind.</summary>
internal interface INativeServer
{
    /// <summary>Someone else runs it, at an address given in configuration.</summary>
    bool IsGiven { get; }

    /// <summary>Takes over an address given in configuration, if there is one.</summary>
    void Adopt(Microsoft.Extensions.Configuration.IConfiguration configuration);

    /// <returns>How to start it; null when this machine has no such server and can't get one, so that a container has to do.</returns>
    Task<LaunchPlan?> PlanAsync(ServerContext context, CancellationToken cancellationToken);

    /// <summary>The command that would install it, for an error.</summary>
    string InstallHint { get; }

    IProbe Probe { get; }
}

internal sealed class NativeServerAnnotation(INativeServer server) : IResourceAnnotation
{
    public INativeServer Server => server;
}

/// <summary>The folder of a resource's data: its volume below the data root, or one that goes with the run.</summary>
internal static class DataFolder
{
    public static (string Path, bool Durable) Of(IResource resource, DataRoot data)
    {
        var mount = resource.AnnotationsOf<ContainerMountAnnotation>().LastOrDefault();
        return mount switch
        {
            { Type: ContainerMountType.BindMount, Source: { } folder } => (folder, true),
            { Source: { } volume } => (System.IO.Path.Combine(data.Folder("volumes"), volume), !data.Ephemeral),
            _ => (System.IO.Path.Combine(data.Folder("volumes"), $"{resource.Name}-{RandomText.LowerCase(6)}"), false),
        };
    }
}
