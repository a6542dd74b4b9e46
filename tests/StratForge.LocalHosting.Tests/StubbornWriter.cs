using System.Diagnostics;

namespace StratForge.LocalHosting.Tests;

/// <summary>A process in a session of its own that can't be talked to and creates files in a folder as fast as it can.</summary>
internal sealed class StubbornWriter : IDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        n=0
        while :; do n=$((n + 1)); : > "written-$n"; done
        """;

    private readonly Process _process;
    private readonly string _folder;

    private StubbornWriter(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public bool HasWritten => File.Exists(Path.Combine(_folder, "written-1000"));

    public static StubbornWriter Start(string folder)
    {
        // The complaints of the shell about a folder that is gone are nobody's.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Script])
        {
            WorkingDirectory = folder, RedirectStandardError = true, UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return new StubbornWriter(process, folder);
    }

    /// <summary>Waits until somebody has ended it.</summary>
    public Task EndAsync() => _process.WaitForExitAsync(Patience.Token());

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
