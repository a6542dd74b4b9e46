using System.Globalization;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>The user that hosts run as when the worker is root.</summary>
internal static class SandboxUser
{
    /// <summary>Names another user id; 0 keeps root (without any of its rights).</summary>
    public const string Variable = "STRATFORGE_HOST_UID";

    // In a range that distributions give to nobody, and below 65,536, so that it exists in user namespaces too.
    private const uint Default = 59_473;

    /// <summary>The user to become; null to stay what we are: not root, or the runtime could then not read its own files.</summary>
    /// <remarks>A source tree below <c>/root</c> is the usual case of the latter. Root without capabilities, confined to a handful of readable
    /// paths, is what then remains; the user id was only ever the outer fence.</remarks>
    public static uint? For(IReadOnlyList<PathRule> rules)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var text = Environment.GetEnvironmentVariable(Variable);
        var user = string.IsNullOrEmpty(text) ? Default : uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return user != 0 && CanBeReadByAnyone(rules) ? user : null;
    }

    private static bool CanBeReadByAnyone(IReadOnlyList<PathRule> rules)
    {
        foreach (var rule in rules)
        {
            if (!CanBeReadByAnyone(rule.Path))
            {
                return false;
            }
        }

        return true;
    }

    private static bool CanBeReadByAnyone(string path)
    {
        // Our own maps are ours whoever we are.
        if (path.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return true;
        }

        if (!Path.Exists(path))
        {
            return true;
        }

        if (!Mode(path).HasFlag(UnixFileMode.OtherRead))
        {
            return false;
        }

        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!Mode(folder).HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
}
