using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting;

/// <summary>What the build knows about a project that is a resource.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Full path of the built assembly; null where the build did not say.</summary>
    string? TargetPath => null;

    bool SuppressBuild => false;
}

public sealed class ProjectResourceOptions
{
    public string? LaunchProfileName { get; set; }

    public bool ExcludeLaunchProfile { get; set; }
}

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => builder.Add(name, new TProject(), new());

    /// <param name="builder">The application.</param>
    /// <param name="name">The resource.</param>
    /// <param name="launchProfileName">Null for no launch profile at all.</param>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => builder.Add(name, new TProject(), Options(launchProfileName));

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new() => builder.Add(name, new TProject(), Options(configure));

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.Add(name, builder.Project(projectPath), new());

    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName) =>
        builder.Add(name, builder.Project(projectPath), Options(launchProfileName));

    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath, Action<ProjectResourceOptions> configure) =>
        builder.Add(name, builder.Project(projectPath), Options(configure));

    /// <summary>Runs that many side by side; what they share an address on is passed from one to the next, connection by connection.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }

    public static IResourceBuilder<ProjectResource> DisableForwardedHeaders(this IResourceBuilder<ProjectResource> builder) =>
        builder.WithAnnotation(new DisableForwardedHeadersAnnotation(), ResourceAnnotationMutationBehavior.Replace);

    private static ProjectResourceOptions Options(string? launchProfileName) => new()
    {
        LaunchProfileName = launchProfileName,
        ExcludeLaunchProfile = launchProfileName is null,
    };

    private static ProjectResourceOptions Options(Action<ProjectResourceOptions> configure)
    {
        var options = new ProjectResourceOptions();
        configure(options);
        return options;
    }

    private static ProjectFile Project(this IDistributedApplicationBuilder builder, string path) =>
        new(Path.GetFullPath(path, builder.AppHostDirectory));

    private static IResourceBuilder<ProjectResource> Add(
        this IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, ProjectResourceOptions options)
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        if (LaunchProfile.Select(metadata.ProjectPath, options, builder.Configuration) is not { } profile)
        {
            return project;
        }

        project.WithAnnotation(new LaunchProfileAnnotation(profile));
        foreach (var endpoint in Endpoints(profile, builder.ExecutionContext.IsPublishMode))
        {
            project.WithAnnotation(endpoint);
        }

        return project;
    }

    private static IEnumerable<EndpointAnnotation> Endpoints(LaunchProfile profile, bool publishing)
    {
        if (profile.Urls.Count == 0)
        {
            yield break;
        }

        // Deployed, a web project has both addresses, and the platform decides about ports.
        if (publishing)
        {
            yield return new(System.Net.Sockets.ProtocolType.Tcp, "http") { FromLaunchProfile = true };
            yield return new(System.Net.Sockets.ProtocolType.Tcp, "https") { FromLaunchProfile = true };
            yield break;
        }

        var seen = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var url in profile.Urls)
        {
            var count = seen[url.Scheme] = seen.GetValueOrDefault(url.Scheme) + 1;
            yield return new(
                System.Net.Sockets.ProtocolType.Tcp, url.Scheme, name: count == 1 ? url.Scheme : $"{url.Scheme}{count}", port: url.Port == 0 ? null : url.Port)
            {
                FromLaunchProfile = true,
            };
        }
    }

    private sealed class ProjectFile(string projectPath) : IProjectMetadata
    {
        public string ProjectPath => projectPath;
    }
}
