using System.Globalization;
using System.Text;

namespace StratForge.Benchmarks.Streams;

/// <summary>What a client that takes nothing does to the others.</summary>
internal static class StalledPart
{
    private const int Clients = 100;
    private const int PerSecond = 200;
    private const int Turns = 5;
    private const double MostPercent = 10;

    // Six megabytes: more than both sockets hold.
    private const int FillMessages = 100;

    private static readonly string Filler = new('x', 60_000);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task MeasureAsync(StringBuilder report, StreamsRun run)
    {
        using var gateway = await run.StartAsync(Dialect.Gateway);
        using var clients = await ConnectAsync(gateway, Clients);
        var duration = TimeSpan.FromSeconds(run.Seconds);
        await clients.PaceAsync(gateway.Bus, duration, PerSecond);
        var (alone, beside) = (new List<double>(), new List<double>());
        var stayed = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            Console.Error.WriteLine($"stalled, turn {turn + 1} of {Turns}");
            await FillAsync(gateway, clients);
            alone.Add(await PercentileAsync(gateway, clients, duration));

            using var stalled = await ConnectAsync(gateway, 1);
            stalled.Stall();
            await FillAsync(gateway, clients);
            beside.Add(await PercentileAsync(gateway, clients, duration));
            stayed += stalled.Connected;
        }

        report.AppendLine(CultureInfo.InvariantCulture, $"## One client that takes nothing, among {Clients} at {PerSecond} messages a second").AppendLine();
        report.AppendLine(
            CultureInfo.InvariantCulture,
            $"p99 of the others, median of {Turns} turns each: {Median(alone):F2} ms without it ({Show(alone)}), {Median(beside):F2} ms beside it ({Show(beside)}). It was still connected at the end of {stayed} turns.").AppendLine();
        report.Goal("stalled client, change of the others' p99", 100 * ((Median(beside) / Median(alone)) - 1), MostPercent, "%", "F1");
        report.AppendLine();
    }

    private static async Task<LoadClients> ConnectAsync(Relayer gateway, int count)
    {
        var clients = await LoadClients.ConnectAsync(gateway, count, _ => gateway.RelayHello(StreamMessages.Relayed), StreamsRun.LateAfter);
        await clients.ReadyAsync(
            () =>
            {
                gateway.Bus.PublishRelayed();
                gateway.Bus.Flush();
            },
            symbols: 0);
        return clients;
    }

    // Before both kinds of turns, so that they differ in nothing but the client that takes nothing.
    private static async Task FillAsync(Relayer gateway, LoadClients clients)
    {
        for (var i = 0; i < FillMessages; i++)
        {
            var before = clients.Delivered;
            gateway.Bus.PublishRelayed(Filler);
            gateway.Bus.Flush();
            await clients.ReachAsync(before + clients.Count, Patience);
        }
    }

    private static async Task<double> PercentileAsync(Relayer gateway, LoadClients clients, TimeSpan duration)
    {
        clients.Reset();
        await clients.PaceAsync(gateway.Bus, duration, PerSecond);
        return clients.Percentile(0.99);
    }

    private static string Show(List<double> values) => string.Join(' ', values.Select(value => value.ToString("F2", CultureInfo.InvariantCulture)));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
