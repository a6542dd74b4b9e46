using System.Globalization;
using System.Text;
using Npgsql;
using StackExchange.Redis;
using StratForge.Benchmarks.HostPipes;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.BarToBroker;

/// <summary>From the publication of a bar to the last byte of the order at the broker: the platform beside a bare loop of the same hops, in one run.</summary>
internal static class BarToBrokerBenchmark
{
    private const string Name = "bar-to-broker";
    private const int WarmUpBars = 40;
    private const int TracedBars = 30;

    // The contestants take turns in small portions, so that a noisy neighbour of the machine meets all.
    private const int BarsPerTurn = 20;

    // Longer than a bar's work including the booking of its fills: latency is measured, not throughput.
    private static readonly TimeSpan BetweenBars = TimeSpan.FromMilliseconds(100);

    // Pipes have nothing to book.
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(25);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--sessions", "--bars");
        var sessions = options.Numbers("--sessions", "1,100");
        var bars = options.Number("--bars", 160);
        var heading = "";
        var figures = new StringBuilder();
        var stages = new StringBuilder();
        foreach (var count in sessions)
        {
            var results = await MeasureAsync(count, bars, options);
            heading = results.Heading;
            figures.Append(results.Figures);
            stages.Append(results.Stages);
        }

        await options.PublishAsync($"""
            {heading}| sessions | | p50 ms | p99 ms | ratio of p50 | CPU µs per order: gateway | worker and hosts |
            | ---: | --- | ---: | ---: | ---: | ---: | ---: |
            {figures}
            CPU per order counts everything the process did meanwhile, at ten bars a second; with one session that is mostly the idle work of a tenth of a second.

            | sessions | since the bar was published, traced | p50 ms | p99 ms |
            | ---: | --- | ---: | ---: |
            {stages}
            """);
        return 0;
    }

    private static async Task<(string Heading, string Figures, string Stages)> MeasureAsync(int sessions, int bars, RunOptions options)
    {
        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);

        var opens = new DateTimeOffset(2026, 1, 5, 14, 30, 0, TimeSpan.Zero);
        var feed = new BarFeed(database, redis, opens, BarFeed.Symbol);
        var bareFeed = new BarFeed(database, redis, opens, BareLoop.Symbol);
        await feed.StoreHistoryAsync(30);
        await stores.Platform.StartSessionsAsync(sessions);
        await using var bare = await BareLoop.StartAsync(database, redis, sink.Address, clock, sessions);
        var floors = await PipesFloor.StartAsync(sessions);
        try
        {
            using var timer = new PeriodicTimer(BetweenBars);
            using var frameTimer = new PeriodicTimer(BetweenFrames);
            await OrderTurns.RunAsync(feed, sink, sessions, WarmUpBars, new Latencies(), timer);
            await OrderTurns.RunAsync(bareFeed, sink, sessions, WarmUpBars, new Latencies(), timer);

            var ours = new Latencies();
            var theirs = new Latencies();
            var gatewayCpu = TimeSpan.Zero;
            var workerCpu = TimeSpan.Zero;
            for (var done = 0; done < bars; done += BarsPerTurn)
            {
                var (gateway, worker) = (stores.Platform.CpuOf("gateway"), stores.Platform.CpuOf("worker"));
                await OrderTurns.RunAsync(feed, sink, sessions, BarsPerTurn, ours, timer);
                gatewayCpu += stores.Platform.CpuOf("gateway") - gateway;
                workerCpu += stores.Platform.CpuOf("worker") - worker;
                await OrderTurns.RunAsync(bareFeed, sink, sessions, BarsPerTurn, theirs, timer);
                foreach (var floor in floors)
                {
                    await floor.TurnAsync(BarsPerTurn, frameTimer);
                }
            }

            var bareMedian = theirs.Percentile(0.5);
            var figures = string.Create(CultureInfo.InvariantCulture, $"""
                | {sessions} | platform | {ours.Percentile(0.5):F2} | {ours.Percentile(0.99):F2} | {ours.Percentile(0.5) / bareMedian:F2} | {gatewayCpu.TotalMicroseconds / ours.Count:F0} | {workerCpu.TotalMicroseconds / ours.Count:F0} |
                | {sessions} | bare loop | {bareMedian:F2} | {theirs.Percentile(0.99):F2} | 1 | | |

                """) + string.Concat(floors.Select(floor => floor.Describe(bareMedian, " | |")));

            var stages = new Stages(stores.Traces, clock);
            await OrderTurns.RunAsync(feed, sink, sessions, TracedBars, new Latencies(), timer, stages.Begin);
            return (await Heading.WriteAsync(Name, options, database, redis, clock), figures, await stages.DescribeAsync(sessions));
        }
        finally
        {
            foreach (var floor in floors)
            {
                floor.Dispose();
            }
        }
    }
}
