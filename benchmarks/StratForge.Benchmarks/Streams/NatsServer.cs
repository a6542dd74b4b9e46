using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace StratForge.Benchmarks.Streams;

/// <summary>A nats-server of this machine with its native WebSockets, where one is installed.</summary>
internal static class NatsServer
{
    // Debian puts it where only administrators look.
    private static readonly string[] Places = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Its program; null when it is not installed.</summary>
    public static string? Program { get; } = Places.Select(folder => Path.Combine(folder, "nats-server")).FirstOrDefault(File.Exists);

    /// <summary>Starts it on ports of its own choice. It ends with this process, however that ends: a shell waits for that beside it.</summary>
    public static async Task<Relayer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("streams-nats-");
        var configuration = Path.Combine(folder.FullName, "nats.conf");
        // No pings: its clients here answer none. No waiting for what a client does not take: it is never told to.
        await File.WriteAllTextAsync(configuration, $$"""
            host: "127.0.0.1"
            port: -1
            ports_file_dir: "{{folder.FullName}}"
            ping_interval: "1h"
            max_connections: 20000
            websocket { host: "127.0.0.1", port: -1, no_tls: true, compression: false }
            """);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", "\"$0\" -c \"$1\" 2>/dev/null >/dev/null & echo $!; read -r _; kill $!; wait $!; rm -r \"$2\"", Program!, configuration, folder.FullName])
        {
            start.ArgumentList.Add(argument);
        }

        var shell = Process.Start(start)!;
        var pid = int.Parse((await shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        var ports = await PortsAsync(folder.FullName);
        return new Relayer("nats-server", pid, ports.WebSocket, Dialect.Nats, Publisher.ToNats(ports.Nats)) { Child = shell };
    }

    // It writes the addresses that it chose into a file once it listens.
    private static async Task<(int Nats, int WebSocket)> PortsAsync(string folder)
    {
        var began = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            await timer.WaitForNextTickAsync();
            if (Directory.GetFiles(folder, "*.ports").FirstOrDefault() is { } file && await File.ReadAllTextAsync(file) is { Length: > 2 } text)
            {
                var ports = JsonElement.Parse(text);
                return (PortOf(ports.GetProperty("nats")), PortOf(ports.GetProperty("websocket")));
            }
        }

        throw new TimeoutException("nats-server did not start.");

        static int PortOf(JsonElement addresses) => new Uri(addresses[0].GetString()!).Port;
    }
}
