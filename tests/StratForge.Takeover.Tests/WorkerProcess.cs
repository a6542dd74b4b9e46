using System.Diagnostics;
using StratForge.Gateway.Tests;

namespace StratForge.Takeover.Tests;

/// <summary>A worker as it ships, in a process of its own, with the settings it ships with.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int WordsKept = 40;

    private readonly Process _process;
    private readonly Queue<string> _lastWords = new();

    private WorkerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The end of what it logged.</summary>
    public string LastWords
    {
        get
        {
            lock (_lastWords)
            {
                return string.Join('\n', _lastWords);
            }
        }
    }

    public static WorkerProcess Start(string database, string redis, Uri gateway)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(ProgramFolder(), "StratForge.Worker.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ConnectionStrings__stratforge"] = database;
        start.Environment["ConnectionStrings__redis"] = redis;
        start.Environment["Gateway__InternalUrl"] = gateway.ToString();
        start.Environment["Internal__Key"] = RunningGateway.ServiceKey;
        start.Environment["Worker__HistoryPatience"] = "00:00:01";
        var process = Process.Start(start)!;
        var worker = new WorkerProcess(process);
        process.OutputDataReceived += (_, line) => worker.Remember(line.Data);
        process.ErrorDataReceived += (_, line) => worker.Remember(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Ends it at once, as the loss of its machine would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Remember(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lastWords)
        {
            _lastWords.Enqueue(line);
            if (_lastWords.Count > WordsKept)
            {
                _lastWords.Dequeue();
            }
        }
    }

    // Output folders look alike in all projects: bin/<configuration>/<framework>, with whatever lies between for another binding.
    private static string ProgramFolder()
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var project = own[..own.IndexOf("/bin/", StringComparison.Ordinal)];
        return Path.GetFullPath(Path.Combine(project, "..", "..", "services", "StratForge.Worker", own[(project.Length + 1)..]));
    }
}
