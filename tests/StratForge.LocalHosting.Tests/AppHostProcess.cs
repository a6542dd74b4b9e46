using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StratForge.LocalHosting.Tests;

/// <summary>The sample AppHost as a program of its own, as a person starts it.</summary>
internal sealed partial class AppHostProcess : IAsyncDisposable
{
    /// <summary>The collection of those who run it: its public port is the same one each time.</summary>
    public const string OneAtATime = "The sample AppHost as a program";

    // A shell without job control starts what it runs in the background with signals ignored, and so would be all that these tests start.
    private static readonly Lazy<string[]> s_listening = new(() => HasEnvWithSignals()
        ? ["env", "--default-signal=INT,QUIT,HUP"]
        : ["perl", "-e", "$SIG{$_} = 'DEFAULT' for qw(INT QUIT HUP); exec @ARGV or die"]);

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
        string[] command = [.. s_listening.Value, "dotnet", typeof(Projects.StratForge_SampleAppHost).Assembly.Location, .. args];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("REDIS_URL");
        return new AppHostProcess(Process.Start(start)!);
    }

    public void Signal(string name) => Signal(name, Id);

    public static void Signal(string name, params int[] processes)
    {
        using var kill = Process.Start("kill", ["-s", name, .. processes.Select(id => $"{id}")])!;
        kill.WaitForExit();
    }

    public Task UntilItSaysAsync(string text) =>
        Patience.UntilAsync(() => Output.Contains(text, StringComparison.Ordinal) || _process.HasExited, $"it says '{text}'", () => Output);

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(Patience.Token());
        return _process.ExitCode;
    }

    /// <summary>The processes of Postgres and Redis, as its page shows them.</summary>
    public async Task<(int Postgres, int Redis)> ServersAsync()
    {
        var login = Login().Match(Output);
        using var http = new HttpClient { BaseAddress = new Uri(login.Groups["page"].Value) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Uri.UnescapeDataString(login.Groups["token"].Value));
        var answer = await http.GetFromJsonAsync<JsonElement>("/api/resources");
        return (ProcessOf("postgres"), ProcessOf("redis"));

        int ProcessOf(string id) => answer.GetProperty("resources").EnumerateArray()
            .Single(resource => resource.GetProperty("id").GetString() == id).GetProperty("processId").GetInt32();
    }

    /// <summary>Every living process that began in this AppHost and shows it, grandchildren included. Postgres and Redis overwrite what would show it.</summary>
    public int[] Family()
    {
        var mark = $"STRATFORGE_RUN={Id}-";
        return Living(id => Words(id, "environ").Any(variable => variable.StartsWith(mark, StringComparison.Ordinal)));
    }

    /// <summary>Kills it, and waits until whoever watches over it has ended the others: the next test wants the same ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        var mark = $"STRATFORGE_RUN={Id}-";
        await Patience.UntilAsync(
            () => Living(id => Words(id, "cmdline").Any(part => part.Contains(mark, StringComparison.Ordinal))) is [] && Family() is [], "its family is gone");
        _process.Dispose();
    }

    private int[] Living(Func<int, bool> isOurs) =>
        [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && id != Id && StopAndRestartTests.IsAlive(id) && isOurs(id))];

    private static string[] Words(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}").Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool HasEnvWithSignals()
    {
        try
        {
            using var env = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "true"]) { RedirectStandardError = true, UseShellExecute = false })!;
            env.WaitForExit();
            return env.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex(@"Login to the dashboard at (?<page>http://[^/]+)/login\?t=(?<token>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Login();
}
