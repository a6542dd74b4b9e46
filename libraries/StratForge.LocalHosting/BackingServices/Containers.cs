using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>Runs a container resource with Docker or Podman, in the foreground, so that it is a process like any other.</summary>
internal static class Containers
{
    private static readonly string[] s_clients = ["docker", "podman"];

    /// <summary>The first client whose engine answers.</summary>
    public static async Task<string?> FindClientAsync(CancellationToken cancellationToken)
    {
        foreach (var client in s_clients.Select(name => Programs.Find(name)).OfType<string>())
        {
            if ((await Command.RunAsync(client, ["info"], cancellationToken)).ExitCode == 0)
            {
                return client;
            }
        }

        return null;
    }

    /// <param name="client">Path of docker or podman.</param>
    /// <param name="resource">What to run.</param>
    /// <param name="ports">Host ports by endpoint.</param>
    /// <param name="environment">What the container is to see; passed by name, so that no value shows on a command line.</param>
    /// <param name="arguments">After the image.</param>
    /// <param name="inherited">The client's own environment.</param>
    /// <param name="data">Whose run it is: each folder of data has volumes of its own, an ephemeral one has such as go with the container.</param>
    public static LaunchPlan Plan(
        string client, ContainerResource resource, IReadOnlyDictionary<EndpointAnnotation, int> ports,
        IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> inherited, DataRoot data)
    {
        var image = resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var annotation)
            ? annotation.Reference
            : throw new DistributedApplicationException($"'{resource.Name}' has no image.");
        var name = $"{resource.Name}-{RandomText.LowerCase(8)}";
        var command = new List<string> { "run", "--rm", "--name", name };
        foreach (var (endpoint, port) in ports)
        {
            command.AddRange(["-p", $"127.0.0.1:{port}:{endpoint.TargetPort ?? port}"]);
        }

        foreach (var variable in environment.Keys)
        {
            command.AddRange(["-e", variable]);
        }

        foreach (var mount in resource.AnnotationsOf<ContainerMountAnnotation>())
        {
            var source = mount is { Type: ContainerMountType.Volume, Source: { } volume } ? data.VolumeOf(volume) : mount.Source;
            command.AddRange(["-v", (source is null ? "" : source + ":") + mount.Target + (mount.IsReadOnly ? ":ro" : "")]);
        }

        if (resource.Entrypoint is { } entrypoint)
        {
            command.AddRange(["--entrypoint", entrypoint]);
        }

        var clientEnvironment = inherited.ToDictionary(StringComparer.Ordinal);
        foreach (var (variable, value) in environment)
        {
            clientEnvironment[variable] = value;
        }

        return new LaunchPlan(client, [.. command, image, .. arguments], "/", clientEnvironment) { Container = (client, name) };
    }
}
