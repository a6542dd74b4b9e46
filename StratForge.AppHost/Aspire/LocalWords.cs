namespace StratForge.AppHost;

/// <summary>What the local engine does and Aspire leaves to the machine: same words, so that the map need not know.</summary>
internal static class LocalWords
{
    /// <summary>Aspire installs nothing: without python3 on the machine the worker refuses Python strategies and runs the others.</summary>
    public static IResourceBuilder<T> EnsurePython<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder;

    /// <summary>A folder that outlasts the run.</summary>
    public static string DataFolder(this IDistributedApplicationBuilder builder, string name)
    {
        var root = Environment.GetEnvironmentVariable("STRATFORGE_DATA") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "stratforge");
        return Directory.CreateDirectory(Path.Combine(root, name)).FullName;
    }
}
