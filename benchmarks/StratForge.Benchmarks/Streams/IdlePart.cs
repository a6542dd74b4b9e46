using System.Globalization;
using System.Text;

namespace StratForge.Benchmarks.Streams;

/// <summary>Signed-in connections that do nothing but answer pings.</summary>
internal static class IdlePart
{
    // The code of the handshake, the books' connections and so on belong to the gateway and not to a connection.
    private const int Before = 200;
    private const double MostKilobytes = 20;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    // Longer than the gateway's ping: whoever is still there has answered one.
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(25);

    public static async Task MeasureAsync(StringBuilder report, StreamsRun run, int count)
    {
        Console.Error.WriteLine($"idle, {count} connections");
        using var gateway = await run.StartAsync(Dialect.Gateway);
        using (await ConnectAsync(gateway, Before))
        {
            await WaitAsync(Settle);
        }

        await WaitAsync(Settle);
        var before = gateway.Resident;
        using var clients = await ConnectAsync(gateway, count);
        await WaitAsync(Settle);
        var cpu = gateway.Cpu;
        await WaitAsync(Hold);
        var used = (gateway.Cpu - cpu) / Hold;
        var after = gateway.Resident;
        var each = (after - before) / 1000.0 / count;
        report.AppendLine("## Idle connections, signed in, on /live").AppendLine();
        report.AppendLine(
            CultureInfo.InvariantCulture,
            $"{clients.Connected} of {count} connections held for {Hold.TotalSeconds:F0} s with pings: {before / 1e6:F0} MB before, {after / 1e6:F0} MB with them, {100 * used:F1} % of a core.").AppendLine();
        report.Goal($"{count} idle connections, memory of each", each, MostKilobytes, "KB", "F1");
        report.Goal($"{count} idle connections, of them lost", count - clients.Connected, 0, "", "F0");
        report.AppendLine();
    }

    private static Task<LoadClients> ConnectAsync(Relayer gateway, int count) =>
        LoadClients.ConnectAsync(gateway, count, _ => new Hello("/live", gateway.Token, null), StreamsRun.LateAfter);

    private static async Task WaitAsync(TimeSpan duration)
    {
        using var timer = new PeriodicTimer(duration);
        await timer.WaitForNextTickAsync();
    }
}
