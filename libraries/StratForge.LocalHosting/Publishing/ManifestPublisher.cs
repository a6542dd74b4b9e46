using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Eventing;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Publishing;

/// <summary>Writes the model as a deployment manifest.</summary>
internal static class ManifestPublisher
{
    private const string ManifestStep = "publish-manifest";

    /// <exception cref="DistributedApplicationException">No path was given, the publisher is unknown, or a resource can't be published. No file is written then.</exception>
    public static async Task PublishAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        if ((configuration["publisher"] ?? "manifest") is not "manifest" and var publisher)
        {
            throw new DistributedApplicationException($"There is no publisher '{publisher}'; the one there is is 'manifest'.");
        }

        if ((configuration["step"] ?? ManifestStep) is not ManifestStep and var step)
        {
            throw new DistributedApplicationException($"There is no step '{step}'; the one there is is '{ManifestStep}'.");
        }

        var path = configuration["output-path"] is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : throw new DistributedApplicationException("Where to? Name a file or folder with --output-path.");
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            path = Path.Combine(path, "aspire-manifest.json");
        }

        var model = services.GetRequiredService<DistributedApplicationModel>();
        await services.GetRequiredService<IDistributedApplicationEventing>().PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        var written = await new ManifestWriter(model, services.GetRequiredService<EnvironmentComposer>(),
            services.GetRequiredService<DistributedApplicationExecutionContext>(), path).WriteAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);

            // Beside its place and then moved, so that a reader never sees half of it.
            var beside = path + ".new";
            await File.WriteAllBytesAsync(beside, written, cancellationToken);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The manifest can't be written to {path}: {exception.Message}", exception);
        }
    }
}
