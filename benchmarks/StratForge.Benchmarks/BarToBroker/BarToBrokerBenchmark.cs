using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using StackExchange.Redis;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.BarToBroker;

/// <summary>From the publication of a bar to the last byte of the order at the broker: the platform beside a bare loop of the same hops, in one run.</summary>
internal static class BarToBrokerBenchmark
{
    private const int WarmUpBars = 40;
    private const int TracedBars = 30;

    // The two take turns in small portions, so that a noisy neighbour of the machine meets both.
    private const int BarsPerTurn = 20;

    // Longer than a bar's work including the booking of its fills: latency is measured, not throughput.
    private static readonly TimeSpan BetweenBars = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] options)
    {
        var sessions = Option(options, "--sessions", "1,100").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var bars = int.Parse(Option(options, "--bars", "200"), CultureInfo.InvariantCulture);
        var report = new StringBuilder();
        report.AppendLine("| sessions | | p50 ms | p99 ms | ratio of p50 | CPU µs per order: gateway | worker and hosts |");
        report.AppendLine("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        var stages = new StringBuilder();
        foreach (var count in sessions)
        {
            var (figures, moments) = await MeasureAsync(count, bars);
            report.Append(figures);
            stages.Append(moments);
        }

        report.AppendLine().AppendLine("| sessions | since the bar was published, traced | p50 ms | p99 ms |").AppendLine("| ---: | --- | ---: | ---: |").Append(stages);

        Console.WriteLine(report);
        if (Option(options, "--output", "") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, report.ToString());
        }

        return 0;
    }

    private static async Task<(string Figures, string Stages)> MeasureAsync(int sessions, int bars)
    {
        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        await RequireDurabilityAsync(database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);

        var opens = new DateTimeOffset(2026, 1, 5, 14, 30, 0, TimeSpan.Zero);
        var feed = new BarFeed(database, redis, opens, BarFeed.Symbol);
        var bareFeed = new BarFeed(database, redis, opens, BareLoop.Symbol);
        await feed.StoreHistoryAsync(30);
        await stores.Platform.StartSessionsAsync(sessions);
        await using var bare = await BareLoop.StartAsync(database, redis, sink.Address, clock, sessions);

        using var timer = new PeriodicTimer(BetweenBars);
        await TurnAsync(feed, sink, sessions, WarmUpBars, new Latencies(), timer);
        await TurnAsync(bareFeed, sink, sessions, WarmUpBars, new Latencies(), timer);

        var ours = new Latencies();
        var theirs = new Latencies();
        var gatewayCpu = TimeSpan.Zero;
        var workerCpu = TimeSpan.Zero;
        for (var done = 0; done < bars; done += BarsPerTurn)
        {
            var (gateway, worker) = (stores.Platform.CpuOf("gateway"), stores.Platform.CpuOf("worker"));
            await TurnAsync(feed, sink, sessions, BarsPerTurn, ours, timer);
            gatewayCpu += stores.Platform.CpuOf("gateway") - gateway;
            workerCpu += stores.Platform.CpuOf("worker") - worker;
            await TurnAsync(bareFeed, sink, sessions, BarsPerTurn, theirs, timer);
        }

        var ratio = ours.Percentile(0.5) / theirs.Percentile(0.5);
        var figures = string.Create(CultureInfo.InvariantCulture, $"""
            | {sessions} | platform | {ours.Percentile(0.5):F2} | {ours.Percentile(0.99):F2} | {ratio:F2} | {gatewayCpu.TotalMicroseconds / ours.Count:F0} | {workerCpu.TotalMicroseconds / ours.Count:F0} |
            | {sessions} | bare loop | {theirs.Percentile(0.5):F2} | {theirs.Percentile(0.99):F2} | 1 | | |

            """);

        var stages = new Stages(stores.Traces, clock);
        await TurnAsync(feed, sink, sessions, TracedBars, new Latencies(), timer, stages.Begin);
        return (figures, await stages.DescribeAsync(sessions));
    }

    private static async Task TurnAsync(
        BarFeed feed, BrokerSink sink, int sessions, int bars, Latencies latencies, PeriodicTimer timer, Func<string>? trace = null)
    {
        for (var i = 0; i < bars; i++)
        {
            var published = await feed.PublishAsync(trace);
            using var patience = new CancellationTokenSource(Patience);
            for (var arrived = 0m; arrived < sessions;)
            {
                var order = await sink.Arrivals.ReadAsync(patience.Token);
                latencies.Add(published, order.At, (int)order.Quantity);
                arrived += order.Quantity;
            }

            await timer.WaitForNextTickAsync();
        }
    }

    // A figure for orders that a power cut would lose is worth nothing.
    private static async Task RequireDurabilityAsync(NpgsqlDataSource database)
    {
        await using var check = database.CreateCommand("select current_setting('fsync') || ' ' || current_setting('synchronous_commit')");
        var settings = (string?)await check.ExecuteScalarAsync();
        if (settings != "on on")
        {
            throw new InvalidOperationException($"Postgres has to run with fsync and synchronous_commit on, not with '{settings}'.");
        }
    }

    private static string Option(string[] options, string name, string fallback)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? options[at + 1] : fallback;
    }
}
