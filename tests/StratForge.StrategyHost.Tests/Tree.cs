namespace StratForge.StrategyHost.Tests;

/// <summary>Where the source tree is.</summary>
internal static class Tree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StratForge.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The source tree is not above the tests.");
    }
}
