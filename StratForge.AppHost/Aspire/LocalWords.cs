namespace StratForge.AppHost;

/// <summary>What the local engine does and Aspire leaves to the machine: same words, so that the map need not know.</summary>
internal static class LocalWords
{
    /// <summary>Aspire installs nothing: without python3 on the machine the worker refuses Python strategies and runs the others.</summary>
    public static IResourceBuilder<T> EnsurePython<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder;

    /// <summary>A folder that outlasts the run, unless nothing is to be kept.</summary>
    public static string DataFolder(this IDistributedApplicationBuilder builder, string name)
    {
        if (string.Equals(builder.Configuration["ephemeral"], "true", StringComparison.OrdinalIgnoreCase))
        {
            return Directory.CreateTempSubdirectory($"stratforge-{name}-").FullName;
        }

        var root = Environment.GetEnvironmentVariable("STRATFORGE_DATA") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "stratforge");
        return Directory.CreateDirectory(Path.Combine(root, name)).FullName;
    }
}
