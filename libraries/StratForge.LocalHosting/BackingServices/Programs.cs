namespace StratForge.LocalHosting.BackingServices;

/// <summary>Where programs are found.</summary>
internal static class Programs
{
    private static readonly string[] s_usualPlaces =
        ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/bin", "/snap/bin"];

    /// <summary>The first executable of that name on PATH, then in the usual places, then in the given folders; null when there is none.</summary>
    public static string? Find(string name, params IEnumerable<string> alsoIn)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(s_usualPlaces).Concat(alsoIn)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);
    }

    public static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);

    /// <summary>Folders that match a pattern with one star, the highest version first.</summary>
    public static IEnumerable<string> Folders(string parent, string pattern, string child) =>
        Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, pattern)
                .OrderByDescending(folder => double.TryParse(string.Concat(Path.GetFileName(folder).Where(c => char.IsAsciiDigit(c) || c == '.')), out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, child))
            : [];
}
