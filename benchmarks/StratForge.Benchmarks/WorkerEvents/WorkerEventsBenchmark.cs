using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using StackExchange.Redis;
using StratForge.Benchmarks.HostPipes;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.WorkerEvents;

/// <summary>How many events a second one worker hands to its hosts, and how long a signal takes when many sessions give one: each beside bare round
/// trips over as many pipes, in turns in one run.</summary>
internal static class WorkerEventsBenchmark
{
    private const string Name = "worker-events";
    private const int WarmUpBars = 30;

    // A child costs as much memory as a host; what a thousand round trips cost, ten times a hundred tell as well.
    private const int MostChildren = 100;
    private const int ExchangesPerTurn = 20;
    private const int BarsPerTurn = 20;

    private const string Silent = """
        public sealed class Silent : Strategy
        {
            public override Signal? OnBar(Bar bar) => null;
        }
        """;

    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(5);
    // A look at the health page is work for the worker too.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan BetweenSignals = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--sessions", "--bars", "--signaling", "--signal-bars");
        var bars = options.Number("--bars", 200);
        var events = new StringBuilder();
        var heading = "";
        foreach (var count in options.Numbers("--sessions", "1,100,1000"))
        {
            var (head, row) = await MeasureEventsAsync(count, bars, options);
            heading = head;
            events.Append(row);
        }

        var signals = await MeasureSignalsAsync(options.Number("--signaling", 500), options.Number("--signal-bars", 60));
        await options.PublishAsync($"""
            {heading}| sessions | events/s | bare round trips/s | ratio | worker and hosts, CPU µs per event |
            | ---: | ---: | ---: | ---: | ---: |
            {events}
            | sessions that signal on each bar | | p50 ms | p99 ms | ratio of p50 |
            | ---: | --- | ---: | ---: | ---: |
            {signals}
            """);
        return 0;
    }

    private static async Task<(string Heading, string Row)> MeasureEventsAsync(int sessions, int bars, RunOptions options)
    {
        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);
        var feed = await OpenAsync(database, redis);
        await stores.Platform.StartSessionsAsync(sessions, Silent);
        var children = Math.Min(sessions, MostChildren);
        using var floor = (await PipesFloor.StartAsync(children, withPython: false))[0];
        using var frames = new PeriodicTimer(BetweenFrames);
        await TurnAsync(stores.Platform, feed, database, sessions, WarmUpBars);

        var (busy, cpu, events) = (TimeSpan.Zero, TimeSpan.Zero, 0L);
        for (var done = 0; done < bars; done += BarsPerTurn)
        {
            var before = stores.Platform.CpuOf("worker");
            busy += await TurnAsync(stores.Platform, feed, database, sessions, BarsPerTurn);
            events += (long)sessions * BarsPerTurn;
            cpu += stores.Platform.CpuOf("worker") - before;
            await floor.TurnAsync(ExchangesPerTurn, frames);
        }

        var rate = events / busy.TotalSeconds;
        var bare = children * 1_000 / floor.Mean;
        return (
            await Heading.WriteAsync(Name, options, database, redis, clock),
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {sessions} | {rate:F0} | {bare:F0} | {rate / bare:F2} | {cpu.TotalMicroseconds / events:F1} |\n"));
    }

    // Bars that are stored are published at once; done when all sessions have had them all.
    private static async Task<TimeSpan> TurnAsync(
        PlatformUnderTest platform, BarFeed feed, NpgsqlDataSource database, int sessions, int bars)
    {
        var handled = await platform.EventsHandledAsync() + ((long)sessions * bars);
        var began = await feed.PublishAtOnceAsync(bars);
        using var look = new PeriodicTimer(BetweenLooks);
        while (await platform.EventsHandledAsync() is var soFar && soFar < handled)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException(
                    $"Of the {bars} bars to each of {sessions} sessions, {handled - soFar} events are not handled after {Patience.TotalSeconds} s. " +
                    $"Sessions: {await StatesAsync(database)}.");
            }

            await look.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task<string?> StatesAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("""
            select string_agg(format('%s %s', n, what), ', ')
            from (select count(*) as n, concat_ws(' ', status, failure_code, left(failure_detail, 120)) as what from sessions group by 2) s
            """);
        return await command.ExecuteScalarAsync() as string;
    }

    private static async Task<string> MeasureSignalsAsync(int sessions, int bars)
    {
        await using var sink = await BrokerSink.StartAsync(TimeProvider.System);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);
        var feed = await OpenAsync(database, redis);
        await stores.Platform.StartSessionsAsync(sessions);
        var children = Math.Min(sessions, MostChildren);
        using var floor = (await PipesFloor.StartAsync(children, withPython: false))[0];
        using var frames = new PeriodicTimer(BetweenFrames);
        using var timer = new PeriodicTimer(BetweenSignals);
        await OrderTurns.RunAsync(feed, sink, sessions, WarmUpBars / 2, new Latencies(), timer);

        var latencies = new Latencies();
        for (var done = 0; done < bars; done += BarsPerTurn)
        {
            await OrderTurns.RunAsync(feed, sink, sessions, BarsPerTurn, latencies, timer);
            await floor.TurnAsync(ExchangesPerTurn, frames);
        }

        var (p50, bare) = (latencies.Percentile(0.5), floor.Mean * sessions / children);
        return string.Create(CultureInfo.InvariantCulture, $"""
            | {sessions} | bar to order at the broker | {p50:F1} | {latencies.Percentile(0.99):F1} | {p50 / bare:F1} |
            | {sessions} | bare round trips over as many pipes | {bare:F1} | | 1 |
            """);
    }

    private static async Task<BarFeed> OpenAsync(NpgsqlDataSource database, ConnectionMultiplexer redis)
    {
        var feed = new BarFeed(database, redis, new DateTimeOffset(2026, 1, 5, 14, 30, 0, TimeSpan.Zero), BarFeed.Symbol);
        await feed.StoreHistoryAsync(30);
        return feed;
    }
}
