namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>What happened in schedules, by name.</summary>
internal sealed class ScheduleCounts
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>How often each place to die was hit.</summary>
    public IReadOnlyDictionary<KillPoint, long> Kills => KillPoint.All.ToDictionary(point => point, point => this[NameOf(point)]);

    /// <summary>How often something happened.</summary>
    public long this[string name]
    {
        get => _counts.GetValueOrDefault(name);
        set => _counts[name] = value;
    }

    /// <summary>A gateway died.</summary>
    public void Kill(KillPoint point) => this[NameOf(point)]++;

    /// <summary>A request, an event or a line was troubled.</summary>
    public void Fault(string kind) => this[$"fault {kind}"]++;

    /// <summary>Adds another schedule's.</summary>
    public void Add(ScheduleCounts other)
    {
        foreach (var (name, count) in other._counts)
        {
            this[name] += count;
        }
    }

    /// <summary>One line: the totals without the kinds.</summary>
    public string Brief() => string.Join(' ', _counts.Where(count => !count.Key.Contains(' ', StringComparison.Ordinal)).Select(count => $"{count.Key}={count.Value}"));

    /// <summary>A line per count.</summary>
    public override string ToString() => string.Join('\n', _counts.Select(count => $"{count.Key}: {count.Value}"));

    private static string NameOf(KillPoint point) => $"kill {point}";
}
