using System.Diagnostics;

namespace StratForge.LocalHosting.Running;

/// <summary>Who descends from whom, by /proc. On systems without it only process groups are known.</summary>
internal static class ProcessTree
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>All living descendants with the time each began, which tells a process from a later one of the same id.</summary>
    public static IReadOnlyList<(int Id, ulong Began)> DescendantsOf(int ancestor)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return [];
        }

        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? Read(id) : null)
            .OfType<(int Id, int Parent, ulong Began, bool IsZombie)>()
            .ToLookup(process => process.Parent);
        var found = new List<(int, ulong)>();
        var open = new Stack<int>([ancestor]);
        while (open.TryPop(out var parent))
        {
            foreach (var child in all[parent])
            {
                found.Add((child.Id, child.Began));
                open.Push(child.Id);
            }
        }

        return found;
    }

    public static void Kill(IEnumerable<(int Id, ulong Began)> processes)
    {
        foreach (var (id, began) in processes)
        {
            if (Read(id) is { } now && now.Began == began)
            {
                NativeMethods.Kill(id, NativeMethods.SigKill);
            }
        }
    }

    /// <summary>Waits for processes that were killed. A few seconds at most: one that waits for a broken disk can't be ended at all.</summary>
    public static async Task GoneAsync(IReadOnlyList<(int Id, ulong Began)> processes)
    {
        var began = Stopwatch.GetTimestamp();
        while (processes.Any(process => Read(process.Id) is { IsZombie: false } now && now.Began == process.Began) &&
               Stopwatch.GetElapsedTime(began) < s_patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    private static (int Id, int Parent, ulong Began, bool IsZombie)? Read(int id)
    {
        try
        {
            // The name in parentheses may hold anything, so fields are counted after the last one: state, parent, …; the start is the 20th.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (id, int.Parse(fields[1]), ulong.Parse(fields[19]), fields[0] is "Z" or "X");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
