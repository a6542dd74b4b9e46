using System.Globalization;

namespace StratForge.Benchmarks.Measuring;

/// <summary>CPU time of a process and its descendants, from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    // USER_HZ, which the kernel fixes for /proc on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    public static TimeSpan CpuOf(int root)
    {
        var parents = new Dictionary<int, int>();
        var ticks = new Dictionary<int, long>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || ReadStat(folder) is not { } stat)
            {
                continue;
            }

            // Fields after the name in brackets, which may itself hold blanks: state, parent, ..., utime, stime (14th and 15th of the whole).
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            parents[pid] = int.Parse(fields[1], CultureInfo.InvariantCulture);
            ticks[pid] = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromSeconds(ticks.Where(entry => Descends(entry.Key)).Sum(entry => entry.Value) / TicksPerSecond);

        bool Descends(int pid)
        {
            while (pid != root && parents.TryGetValue(pid, out var parent))
            {
                pid = parent;
            }

            return pid == root;
        }
    }

    private static string? ReadStat(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (IOException)
        {
            // Ended between the listing and the reading.
            return null;
        }
    }
}
