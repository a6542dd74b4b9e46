using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StratForge.Benchmarks.Streams;

/// <summary>The same message to every client, four a second and as fast as they are taken.</summary>
internal static class RelayPart
{
    private const int PerSecond = 4;
    private const double MostMegabytes = 130;
    private const int ManyClients = 5_000;

    public static async Task MeasureAsync(StringBuilder report, StreamsRun run, int[] counts)
    {
        report.AppendLine(CultureInfo.InvariantCulture, $"## Relay: {StreamMessages.RelayedBytes} bytes to every client").AppendLine();
        report.AppendLine("| clients | | p50 ms | p99 ms | p99.9 ms | CPU µs per delivery at 4/s | saturated | deliveries/s, saturated | MB at 4/s | saturated | lost |");
        report.AppendLine("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        var goals = new StringBuilder();
        foreach (var count in counts)
        {
            foreach (var dialect in run.Dialects)
            {
                Console.Error.WriteLine($"relay, {count} clients, {dialect}");
                using var relayer = await run.StartAsync(dialect);
                var turn = await MeasureAsync(relayer, count, run.Seconds);
                report.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {count} | {relayer.Name} | {turn.P50:F2} | {turn.P99:F2} | {turn.P999:F2} | {turn.PacedMicroseconds:F2} | {turn.SaturatedMicroseconds:F2} | {turn.PerSecond:F0} | {turn.PacedMegabytes:F0} | {turn.SaturatedMegabytes:F0} | {turn.Lost} |");
                if (dialect == Dialect.Gateway && count >= 1_000)
                {
                    goals.Goal($"{count} clients, CPU per delivery when saturated", turn.SaturatedMicroseconds, count < ManyClients ? 1.5 : 2.0, "µs", "F2");
                }

                if (dialect == Dialect.Gateway && count >= ManyClients)
                {
                    goals.Goal($"{count} clients, memory of the whole gateway at {PerSecond}/s", turn.PacedMegabytes, MostMegabytes, "MB", "F0");
                    goals.Goal($"{count} clients, the same when saturated", turn.SaturatedMegabytes, MostMegabytes, "MB", "F0");
                }
            }
        }

        report.AppendLine().Append(goals).AppendLine();
    }

    private static async Task<RelayTurn> MeasureAsync(Relayer relayer, int count, int seconds)
    {
        var (bus, duration) = (relayer.Bus, TimeSpan.FromSeconds(seconds));
        using var clients = await LoadClients.ConnectAsync(relayer, count, _ => relayer.RelayHello(StreamMessages.Relayed), StreamsRun.LateAfter);
        await clients.ReadyAsync(Probe, symbols: 0);

        clients.Reset();
        var cpu = relayer.Cpu;
        var lost = await clients.PaceAsync(bus, duration, PerSecond);
        var paced = (relayer.Cpu - cpu).TotalMicroseconds / clients.Delivered;
        var (p50, p99, p999) = (clients.Percentile(0.5), clients.Percentile(0.99), clients.Percentile(0.999));
        var pacedMemory = relayer.Resident;

        // Compiled code, grown buffers.
        lost += await clients.SaturateAsync(bus, TimeSpan.FromSeconds(1));
        clients.Reset();
        cpu = relayer.Cpu;
        var began = Stopwatch.GetTimestamp();
        lost += await clients.SaturateAsync(bus, duration);
        var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new RelayTurn(
            p50, p99, p999, paced, (relayer.Cpu - cpu).TotalMicroseconds / clients.Delivered, clients.Delivered / elapsed,
            pacedMemory / 1e6, relayer.Resident / 1e6, lost);

        void Probe()
        {
            bus.PublishRelayed();
            bus.Flush();
        }
    }

    private readonly record struct RelayTurn(
        double P50,
        double P99,
        double P999,
        double PacedMicroseconds,
        double SaturatedMicroseconds,
        double PerSecond,
        double PacedMegabytes,
        double SaturatedMegabytes,
        long Lost);
}
