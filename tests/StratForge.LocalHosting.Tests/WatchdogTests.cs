using System.Diagnostics;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Tests;

/// <summary>The script of the watchdog, in the shell of this machine.</summary>
public sealed class WatchdogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("watchdog-").FullName;

    private string Diary => Path.Combine(_folder, "diary");

    [Fact]
    public async Task A_group_is_asked_to_end_and_given_time_for_it()
    {
        using var group = await StartGroupAsync("trap 'sleep 0.5; echo done >> diary; exit' TERM");

        await RunAsync($"group {group.Id}");

        Assert.True(group.HasExited);
        Assert.Equal(["ready", "done"], await File.ReadAllLinesAsync(Diary));
    }

    [Fact]
    public async Task A_group_that_does_not_listen_is_killed()
    {
        using var group = await StartGroupAsync("trap '' TERM INT");

        await RunAsync($"group {group.Id}");

        await group.WaitForExitAsync(Patience.Token());
        Assert.Equal(["ready"], await File.ReadAllLinesAsync(Diary));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<Process> StartGroupAsync(string trap)
    {
        var group = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", $"{trap}; echo ready >> diary; while :; do sleep 0.05; done"])
        {
            WorkingDirectory = _folder,
        })!;
        await Patience.UntilAsync(() => File.Exists(Diary), "it has begun");
        return group;
    }

    private static async Task RunAsync(string told)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Watchdog.ScriptOf("of a test")]) { RedirectStandardInput = true, UseShellExecute = false })!;
        await shell.StandardInput.WriteLineAsync(told);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(Patience.Token());
    }
}
