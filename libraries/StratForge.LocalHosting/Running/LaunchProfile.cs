using System.Text.Json;
using Microsoft.Extensions.Configuration;
using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Running;

/// <summary>One profile of a project's <c>Properties/launchSettings.json</c>.</summary>
internal sealed record LaunchProfile(
    string Name, IReadOnlyList<Uri> Urls, IReadOnlyDictionary<string, string> EnvironmentVariables, string? CommandLineArgs)
{
    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The profile a project runs under: the one asked for, the AppHost's own name, or the first that starts the project.</summary>
    /// <exception cref="DistributedApplicationException">The one asked for is not there, or the file is not JSON.</exception>
    public static LaunchProfile? Select(string projectPath, ProjectResourceOptions options, IConfiguration configuration)
    {
        if (options.ExcludeLaunchProfile)
        {
            return null;
        }

        var profiles = Read(projectPath);
        if (options.LaunchProfileName is { } name)
        {
            return profiles.FirstOrDefault(candidate => candidate.Profile.Name == name).Profile ?? throw new DistributedApplicationException(
                $"{projectPath} has no launch profile '{name}'.");
        }

        var own = configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"];
        return profiles.FirstOrDefault(candidate => candidate.Profile.Name == own).Profile
            ?? profiles.FirstOrDefault(candidate => candidate.StartsProject).Profile;
    }

    public static LaunchProfile? First(string projectDirectory) =>
        Read(Path.Combine(projectDirectory, "any.csproj")).FirstOrDefault(candidate => candidate.StartsProject).Profile;

    private static List<(LaunchProfile Profile, bool StartsProject)> Read(string projectPath)
    {
        var path = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), s_lenient);
            return document.RootElement.TryGetProperty("profiles", out var profiles)
                ? [.. profiles.EnumerateObject().Select(profile => (Read(profile), StartsProject(profile.Value)))]
                : [];
        }
        catch (Exception exception) when (exception is JsonException or UriFormatException)
        {
            throw new DistributedApplicationException($"{path} can't be read: {exception.Message}", exception);
        }
    }

    private static bool StartsProject(JsonElement profile) =>
        Text(profile, "commandName") is null or "" or "Project" or "Executable";

    private static LaunchProfile Read(JsonProperty profile) => new(
        profile.Name,
        [.. (Text(profile.Value, "applicationUrl") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => new Uri(url))],
        profile.Value.TryGetProperty("environmentVariables", out var variables)
            ? variables.EnumerateObject().ToDictionary(
                variable => variable.Name, variable => Environment.ExpandEnvironmentVariables(variable.Value.GetString() ?? ""), StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal),
        Text(profile.Value, "commandLineArgs"));

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

internal sealed class LaunchProfileAnnotation(LaunchProfile profile) : IResourceAnnotation
{
    public LaunchProfile Profile => profile;
}
