using System.Text;
using StratForge.Contracts.Hosting;

namespace StratForge.Worker.Hosts;

/// <summary>Builds one cage for each language before the first session comes, so that what this machine can do is known, and told, at once.</summary>
/// <remarks>Nothing depends on the outcome: every host is looked at again before it gets to see code.</remarks>
internal sealed partial class CageProbe(
    EventLoop loop, HostSpawner spawner, HostPrograms programs, CageState cage, TimeProvider clock, ILogger<CageProbe> logger) : IHostedService
{
    // A start takes a tenth of a second. On a machine too busy for that sessions must not wait for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var probes = Task.WhenAll(ProbeAsync(HostKind.CSharp), ProbePythonAsync());
        try
        {
            await probes.WaitAsync(Patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogSlow(Patience.TotalSeconds);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A stop while the worker starts is no failed start.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ProbePythonAsync()
    {
        // Hosts may write nothing, so each would compile our package anew: a third of its start.
        if (programs.Missing(HostKind.Python) is null && !HasByteCode(programs.Python) &&
            await RunAsync(programs.CompilePackage(), HostKind.Python) is { Length: > 0 } complaint)
        {
            LogNotCompiled(complaint);
        }

        await ProbeAsync(HostKind.Python);
    }

    private async Task ProbeAsync(HostKind kind)
    {
        if (programs.Missing(kind) is { } missing)
        {
            cage.Failed(kind, missing);
            return;
        }

        await RunAsync(programs.Command(kind), kind);
    }

    // What it wrote to its standard error, if it did not end well.
    private async Task<string> RunAsync(HostCommand command, HostKind kind)
    {
        try
        {
            var process = await spawner.SpawnAsync(command);
            var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(() => new Probed(cage, kind, ended).Attach(loop, process));
            return await ended.Task;
        }
        catch (InvalidOperationException refused)
        {
            cage.Failed(kind, refused.Message);
            return refused.Message;
        }
    }

    private static bool HasByteCode(string folder)
    {
        foreach (var source in Directory.EnumerateFiles(folder, "*.py", SearchOption.AllDirectories))
        {
            var cache = Path.Combine(Path.GetDirectoryName(source)!, "__pycache__");
            if (!Directory.Exists(cache) ||
                !Directory.EnumerateFiles(cache, Path.GetFileNameWithoutExtension(source) + ".*.pyc")
                    .Any(compiled => File.GetLastWriteTimeUtc(compiled) >= File.GetLastWriteTimeUtc(source)))
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(LogLevel.Warning, "The first cages were not ready within {Seconds} s; sessions start all the same")]
    private partial void LogSlow(double seconds);

    [LoggerMessage(LogLevel.Information, "The Python package could not be compiled ahead, so every Python host compiles it at its start: {Reason}")]
    private partial void LogNotCompiled(string reason);

    // On the loop's thread.
    private sealed class Probed(CageState cage, HostKind kind, TaskCompletionSource<string> ended) : IHostOwner
    {
        private readonly StringBuilder _log = new();
        private HostProcess? _host;

        public void Attach(EventLoop loop, SpawnedProcess process) =>
            _host = new HostProcess(loop, process, this, HostProtocol.MaxFrameFromHost, maxPending: 0);

        public void OnFrame(ReadOnlySpan<byte> frame)
        {
            switch (HostMessage.Parse(frame))
            {
                case ReadyFrame ready when cage.FindFault(_host!.ProcessId, ready) is { } fault:
                    cage.Failed(kind, fault);
                    break;
                case ReadyFrame ready:
                    cage.Verified(kind, ready);
                    break;
                case ErrorFrame error:
                    cage.Failed(kind, HostFailure.Readable(error.Message ?? "", 200));
                    break;
            }

            _host!.Kill();
        }

        public void OnLog(ReadOnlySpan<byte> text)
        {
            if (_log.Length < 500)
            {
                _log.Append(HostFailure.Readable(Encoding.UTF8.GetString(text), 500));
            }
        }

        public void OnBreach(string what)
        {
            cage.Failed(kind, what);
            _host!.Kill();
        }

        public void OnExit(HostExit exit) => ended.TrySetResult(exit.Code == 0 ? "" : $"{exit}. {_log}".Trim());
    }
}
