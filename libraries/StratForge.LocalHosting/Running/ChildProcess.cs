using System.Diagnostics;
using System.Text;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Running;

/// <summary>A running process with all it started: its group, and descendants that left the group.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Who was killed is gone in a moment, except for a disk that does not answer.
    private static readonly TimeSpan s_untilGone = TimeSpan.FromSeconds(5);

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
        await ProcessTree.GoneAsync(family, s_untilGone);
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
