using System.Diagnostics;

namespace StratForge.LocalHosting.Running;

/// <summary>Who descends from whom, by /proc. On systems without it only process groups are known.</summary>
internal static class ProcessTree
{
    /// <summary>Every process of this machine that can be seen.</summary>
    public static IEnumerable<(int Id, int Parent, ulong Began, bool IsZombie)> All() => Directory.Exists("/proc/self")
        ? Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? Find(id) : null)
            .OfType<(int, int, ulong, bool)>()
        : [];

    /// <summary>All living descendants with the time each began, which tells a process from a later one of the same id.</summary>
    public static IReadOnlyList<(int Id, ulong Began)> DescendantsOf(int ancestor)
    {
        var all = All().ToLookup(process => process.Parent);
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
            if (Find(id) is { } now && now.Began == began)
            {
                NativeMethods.Kill(id, NativeMethods.SigKill);
            }
        }
    }

    /// <summary>Waits for processes that are ending.</summary>
    /// <param name="processes">Their ids, and when they began.</param>
    /// <param name="patience">How long at most: one that waits for a broken disk can't be ended at all.</param>
    /// <param name="collected">Not before their parents have taken notice: until then their ids are taken.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether all of them are gone.</returns>
    public static async Task<bool> GoneAsync(
        IReadOnlyList<(int Id, ulong Began)> processes, TimeSpan patience, bool collected = false, CancellationToken cancellationToken = default)
    {
        var began = Stopwatch.GetTimestamp();
        while (processes.Any(process => Find(process.Id) is { } now && now.Began == process.Began && (collected || !now.IsZombie)))
        {
            if (Stopwatch.GetElapsedTime(began) > patience)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        return true;
    }

    /// <summary>Null when there is no such process.</summary>
    public static (int Id, int Parent, ulong Began, bool IsZombie)? Find(int id)
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
