using System.Globalization;

namespace StratForge.Benchmarks.Measuring;

/// <summary>CPU time of a process and its descendants, from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    // USER_HZ, which the kernel fixes for /proc on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>What the process, its descendants, and those of them that have ended have used so far.</summary>
    public static TimeSpan CpuOf(int root)
    {
        var stats = new Dictionary<int, Stat>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(folder) is { } stat)
            {
                stats[pid] = stat;
            }
        }

        return TimeSpan.FromSeconds(
            stats.Where(entry => Descends(entry.Key)).Sum(entry => entry.Value.OwnTicks + entry.Value.EndedChildrenTicks) / TicksPerSecond);

        bool Descends(int pid)
        {
            while (pid != root && stats.TryGetValue(pid, out var stat))
            {
                pid = stat.Parent;
            }

            return pid == root;
        }
    }

    /// <summary>Bytes of a process that are in memory now.</summary>
    public static long ResidentOf(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>What the children of this process that have ended used in their lives.</summary>
    public static TimeSpan CpuOfEndedChildren() => TimeSpan.FromSeconds(Read("/proc/self")!.Value.EndedChildrenTicks / TicksPerSecond);

    private static Stat? Read(string folder)
    {
        string text;
        try
        {
            text = File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (IOException)
        {
            // Ended between the listing and the reading.
            return null;
        }

        // Fields after the name in brackets, which may itself hold blanks: state, parent, ..., utime, stime, cutime, cstime (14th to 17th
        // of the whole).
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new Stat(int.Parse(fields[1], CultureInfo.InvariantCulture), Ticks(11) + Ticks(12), Ticks(13) + Ticks(14));

        long Ticks(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
    }

    private readonly record struct Stat(int Parent, long OwnTicks, long EndedChildrenTicks);
}
