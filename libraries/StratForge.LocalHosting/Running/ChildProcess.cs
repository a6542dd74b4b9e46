using System.Diagnostics;
using System.Text;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Running;

/// <summary>What to start.</summary>
internal sealed record LaunchPlan(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>A server is stopped by a signal to its main process and after everybody else; see <see cref="Watchdog.StopServerAtEnd"/>.</summary>
    public bool IsServer { get; init; }

    /// <summary>Nothing would be lost by killing it: its data goes with it.</summary>
    public bool Disposable { get; init; }

    /// <summary>Container client and name, for a process that only stands for a container.</summary>
    public (string Client, string Name)? Container { get; init; }

    /// <summary>The command carries its own change of user, which wants to come after the new session.</summary>
    public IReadOnlyList<string> UserPrefix { get; init; } = [];
}

/// <summary>A running process with all it started: its group, and descendants that left the group.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly LaunchPlan _plan;
    private readonly Task _output;

    private ChildProcess(Process process, LaunchPlan plan, Action<string, bool> write)
    {
        _process = process;
        _plan = plan;
        Id = process.Id;
        _output = Task.WhenAll(
            PumpAsync(process.StandardOutput, line => write(line, false)),
            PumpAsync(process.StandardError, line => write(line, true)));
        Exited = WaitAsync();
    }

    public int Id { get; }

    /// <summary>The exit code; 128 and the signal's number after a signal.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="DistributedApplicationException">There is no such program, or it can't be executed.</exception>
    public static ChildProcess Start(LaunchPlan plan, Action<string, bool> write)
    {
        if (Path.IsPathRooted(plan.FileName) ? !Programs.IsExecutable(plan.FileName) : Programs.Find(plan.FileName) is null)
        {
            throw new DistributedApplicationException($"There is no program '{plan.FileName}'.");
        }

        if (!Directory.Exists(plan.WorkingDirectory))
        {
            throw new DistributedApplicationException($"There is no folder '{plan.WorkingDirectory}' to start {plan.FileName} in.");
        }

        var start = new ProcessStartInfo
        {
            WorkingDirectory = plan.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        OwnSession.Prefix(start, [.. plan.UserPrefix, plan.FileName, .. plan.Arguments]);
        start.Environment.Clear();
        foreach (var (name, value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[Watchdog.MarkName] = Watchdog.Shared.Mark;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        if (plan.IsServer)
        {
            Watchdog.Shared.StopServerAtEnd(process.Id);
        }
        else
        {
            Watchdog.Shared.StopGroupAtEnd(process.Id);
        }

        if (plan.Container is (var client, var container))
        {
            Watchdog.Shared.RemoveContainerAtEnd(client, container);
        }

        return new ChildProcess(process, plan, write);
    }

    /// <summary>SIGTERM to the group (SIGINT to a server's main process), then SIGKILL to all that is left when the grace is over.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, TimeProvider clock, CancellationToken impatient)
    {
        if (Exited.IsCompleted)
        {
            return true;
        }

        if (_plan.Disposable)
        {
            await KillAsync();
            return true;
        }

        var family = ProcessTree.DescendantsOf(Id);
        NativeMethods.Kill(_plan.IsServer ? Id : -Id, _plan.IsServer ? NativeMethods.SigInt : NativeMethods.SigTerm);
        var orderly = true;
        try
        {
            await Exited.WaitAsync(grace, clock, impatient);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            orderly = false;
        }

        await EndAsync(family);
        return orderly;
    }

    /// <summary>SIGKILL to the process, its group and every descendant.</summary>
    public void Kill() => Kill(ProcessTree.DescendantsOf(Id));

    /// <summary>The same; completes when all of them are gone, so that nobody writes to their folder any more.</summary>
    public Task KillAsync() => EndAsync(ProcessTree.DescendantsOf(Id));

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Kill(IReadOnlyList<(int Id, ulong Began)> family)
    {
        NativeMethods.Kill(-Id, NativeMethods.SigKill);
        ProcessTree.Kill(family);
    }

    private async Task EndAsync(IReadOnlyList<(int Id, ulong Began)> family)
    {
        Kill(family);
        await Exited;
        await ProcessTree.GoneAsync(family);
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> write)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                write(line);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process was disposed of while a descendant still held its output open.
        }
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();

        // What was written last belongs to the story of the end; a descendant that keeps the pipe open is not waited for.
        await Task.WhenAny(_output, Task.Delay(TimeSpan.FromMilliseconds(500)));
        Watchdog.Shared.Ended(Id);

        // The leader is gone; what it left in its group must not outlive it.
        NativeMethods.Kill(-Id, NativeMethods.SigKill);
        return _process.ExitCode;
    }
}

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
