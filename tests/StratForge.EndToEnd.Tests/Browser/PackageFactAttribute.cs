namespace StratForge.EndToEnd.Tests.Browser;

/// <summary>A test that runs the page's own tools. Skipped, with the reason, where the build could not fetch them; in CI they may not be missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PackageFactAttribute : FactAttribute
{
    public PackageFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is not { Length: > 0 } && !Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            Skip = "The dashboard's packages are not there: put Node 20.19 or newer on PATH and build again.";
        }
    }

    /// <summary>The folder <c>dashboard/</c> of the source tree.</summary>
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var dashboard = Path.Combine(folder.FullName, "dashboard");
            if (File.Exists(Path.Combine(dashboard, "package.json")))
            {
                return dashboard;
            }
        }

        throw new DirectoryNotFoundException("The source tree's dashboard folder is not above the tests.");
    }
}
