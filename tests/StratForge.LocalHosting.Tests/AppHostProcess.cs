using System.Collections.Concurrent;
using System.Diagnostics;

namespace StratForge.LocalHosting.Tests;

/// <summary>The sample AppHost as a program of its own, as a person starts it.</summary>
internal sealed class AppHostProcess : IDisposable
{
    /// <summary>The collection of those who run it: its public port is the same one each time.</summary>
    public const string OneAtATime = "The sample AppHost as a program";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private AppHostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    public static AppHostProcess Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Projects.StratForge_SampleAppHost).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("REDIS_URL");
        return new AppHostProcess(Process.Start(start)!);
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"])!;
        kill.WaitForExit();
    }

    public Task UntilItSaysAsync(string text) =>
        Patience.UntilAsync(() => Output.Contains(text, StringComparison.Ordinal) || _process.HasExited, $"it says '{text}'", () => Output);

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(Patience.Token());
        return _process.ExitCode;
    }

    /// <summary>Every living process that began in this AppHost, grandchildren and servers under other users included.</summary>
    public int[] Family()
    {
        var mark = $"STRATFORGE_RUN={Id}-";
        return [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && id != Id && StopAndRestartTests.IsAlive(id) && HasMark(id, mark))];
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

    private static bool HasMark(int id, string mark)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Split('\0').Any(variable => variable.StartsWith(mark, StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
