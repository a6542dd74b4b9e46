using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Sdk;

/// <summary>Runs one of Alpaca's clients through the day, in a process of its own, while the test holds the market's clock.</summary>
internal static class OfficialClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "sdk-clients");
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>Lives the day.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="script">Which client.</param>
    /// <param name="atCore">Called when both days can be compared.</param>
    /// <returns>The chapters that it came through, in order.</returns>
    public static async Task<IReadOnlyList<string>> LiveAsync(RunningExchange exchange, string script, Func<Task> atCore)
    {
        await InstallAsync();
        using var client = Start("node", script, exchange.Address.ToString().TrimEnd('/'), RunningExchange.Key, RunningExchange.Secret);
        var complaints = client.StandardError.ReadToEndAsync();
        var chapters = new List<string>();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await client.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                using var message = JsonDocument.Parse(line);
                if (message.RootElement.TryGetProperty("pass", out var seconds))
                {
                    exchange.Pass(TimeSpan.FromSeconds(seconds.GetInt32()));
                }
                else
                {
                    chapters.Add(message.RootElement.GetProperty("chapter").GetString()!);
                    await (chapters[^1] == "core" ? atCore() : Task.CompletedTask);
                }

                await client.StandardInput.WriteLineAsync();
                await client.StandardInput.FlushAsync(patience.Token);
            }

            await client.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!client.HasExited)
            {
                client.Kill(entireProcessTree: true);
            }
        }

        var said = await complaints;
        Assert.True(client.ExitCode == 0, $"{script} ended with {client.ExitCode} after [{string.Join(", ", chapters)}]:\n{said}");
        return chapters;
    }

    // What the lock file names, once for each build; npm takes it from its cache when it can.
    private static async Task InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Folder, "package-lock.json"))));
            var stamp = Path.Combine(Folder, "node_modules", ".installed");
            if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            {
                return;
            }

            using var npm = Start("npm", "ci", "--ignore-scripts", "--prefer-offline");
            var complaints = npm.StandardError.ReadToEndAsync();
            var said = await npm.StandardOutput.ReadToEndAsync();
            await npm.WaitForExitAsync();
            Assert.True(npm.ExitCode == 0, $"npm ci in {Folder} failed: {said}\n{await complaints}");
            await File.WriteAllTextAsync(stamp, wanted);
        }
        finally
        {
            Installing.Release();
        }
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() && program == "npm" ? "npm.cmd" : program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A key of the machine's own would be taken before the test's.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("APCA_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }
}
