using System.Text.Json;

namespace StratForge.LocalHosting.Publishing;

/// <summary>Where a resource writes itself when it does so with a callback of its own.</summary>
public sealed class ManifestPublishingContext(
    DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    public DistributedApplicationExecutionContext ExecutionContext => executionContext;

    public string ManifestPath => manifestPath;

    /// <summary>Inside the resource's object.</summary>
    public Utf8JsonWriter Writer => writer;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>A path as the manifest writes it: relative to its own folder, with forward slashes.</summary>
    public string GetManifestRelativePath(string path) =>
        Path.GetRelativePath(Path.GetDirectoryName(ManifestPath)!, path).Replace('\\', '/');
}
