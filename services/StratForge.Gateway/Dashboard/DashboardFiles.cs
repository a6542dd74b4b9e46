using System.Collections.Frozen;

namespace StratForge.Gateway.Dashboard;

/// <summary>The built page as it lay in wwwroot when the gateway started.</summary>
/// <param name="index">The page itself; null when the dashboard was not built.</param>
/// <param name="files">Everything else by request path: <c>/assets/index-BxY2.js</c>.</param>
internal sealed class DashboardFiles(NoncedPage? index, FrozenDictionary<string, DashboardFile> files)
{
    private const string Index = "index.html";

    public NoncedPage? Page => index;

    public IReadOnlyDictionary<string, DashboardFile> ByPath => files;

    /// <summary>Reads the first of <paramref name="roots"/> that holds a built page; an empty set when none does.</summary>
    public static DashboardFiles Load(params ReadOnlySpan<string?> roots)
    {
        foreach (var root in roots)
        {
            if (root is not null && File.Exists(Path.Combine(root, Index)))
            {
                return LoadFrom(root);
            }
        }

        return new DashboardFiles(null, FrozenDictionary<string, DashboardFile>.Empty);
    }

    private static DashboardFiles LoadFrom(string root)
    {
        var files = new Dictionary<string, DashboardFile>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
            if (relative is not Index && relative[0] != '.' && Path.GetExtension(relative) is not (".br" or ".gz"))
            {
                files.Add($"/{relative}", DashboardFile.Read(path));
            }
        }

        return new DashboardFiles(
            new NoncedPage(File.ReadAllText(Path.Combine(root, Index))), files.ToFrozenDictionary(StringComparer.Ordinal));
    }
}
