using System.Globalization;
using System.Text;
using Npgsql;
using StackExchange.Redis;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>How many orders a second the gateway takes in, by hand and from sessions, beside the same rows written by one prepared statement.</summary>
internal static class OrderIntakeBenchmark
{
    private const string Name = "order-intake";
    private const string Baseline = "one statement (pgbench)";
    private const string Floor = "bare door";
    private const string Bare = "bare service";

    // Of the one-statement rate, from 16 connections on: with one there is nothing to share a commit with.
    private const double RatioGoal = 0.40;
    private const int GoalFrom = 16;
    private const double GatewayCpuGoal = 65;

    // Until the gateway's code has been compiled for good.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--connections", "--rounds", "--seconds", "--users", "--type", "--fills");
        var counts = options.Numbers("--connections", "1,16,64");
        var rounds = options.Number("--rounds", 3);
        var seconds = options.Number("--seconds", 2);
        var users = options.Number("--users", 200);
        var type = options.OneOf("--type", "market", "limit");
        var fillsAtOnce = options.OneOf("--fills", "after", "during") == "during";

        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock, fillsAtOnce);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address, withWorker: false);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);
        var opens = new DateTimeOffset(2026, 1, 5, 14, 30, 0, TimeSpan.Zero);
        var feed = new BarFeed(database, redis, opens, BarFeed.Symbol);
        await feed.StoreHistoryAsync(1);

        var postgres = await PostgresProcess.FindAsync(database);
        using var statement = await OneStatement.CreateAsync(stores.DatabaseServer, postgres, users);
        var traders = await Trader.RegisterAsync(stores.Platform, database, users, clock);
        IntakeRequests[] routes =
        [
            new TradeOrders(stores.Platform.AddressOf("http"), traders, type),
            new ExecuteSignals(stores.Platform.AddressOf("internal"), traders, type, opens),
        ];
        var turn = new IntakeTurn(stores.Platform, sink, database, postgres, feed, clock);

        using var door = await BareDoor.StartAsync();
        var bare = new TradeOrders(door.Address, traders, type);
        await using var otherSink = await BrokerSink.StartAsync(clock, fillsAtOnce: false);
        using var service = await BareService.StartAsync(statement, users, otherSink.Address);
        var served = new TradeOrders(service.Address, traders, type);
        foreach (var route in routes)
        {
            using var load = new IntakeLoad(route, counts.Max(), users);
            await turn.RunAsync(load, WarmUp, fillsAtOnce);
        }

        using (var load = new IntakeLoad(bare, counts.Max(), users))
        {
            await door.RunAsync(load, WarmUp);
        }

        using (var load = new IntakeLoad(served, counts.Max(), users))
        {
            await service.RunAsync(load, WarmUp, postgres);
        }

        await statement.RunAsync(counts.Max(), seconds: 1);
        await turn.AnalyzeAsync();
        await statement.AnalyzeAsync();

        var figures = counts.SelectMany(count => routes.Select(route => route.Route).Append(Baseline).Append(Floor).Append(Bare).Select(name => new IntakeFigures(count, name)))
            .ToDictionary(figures => (figures.Connections, figures.Name));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var count in counts)
            {
                foreach (var route in routes)
                {
                    using var load = new IntakeLoad(route, count, users);
                    figures[(count, route.Route)].Add(await turn.RunAsync(load, TimeSpan.FromSeconds(seconds), fillsAtOnce));
                }

                figures[(count, Baseline)].Add(await statement.RunAsync(count, seconds));
                using var knocks = new IntakeLoad(bare, count, users);
                figures[(count, Floor)].Add(await door.RunAsync(knocks, TimeSpan.FromSeconds(seconds)));
                using var orders = new IntakeLoad(served, count, users);
                figures[(count, Bare)].Add(await service.RunAsync(orders, TimeSpan.FromSeconds(seconds), postgres));
            }
        }

        await turn.CheckAsync();
        await statement.CheckAsync();

        var report = new StringBuilder(await Heading.WriteAsync(Name, options, database, redis, clock));
        report.AppendLine("| connections | | accepted/s | slowest–fastest round | ratio | p50 ms | p99 ms | CPU µs per order: gateway | Postgres | client and broker |");
        report.AppendLine("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var ((count, name), one) in figures)
        {
            report.AppendLine(one.Describe(name == Baseline ? null : figures[(count, Baseline)]));
        }

        report.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Goal: at least {RatioGoal:P0} of the one-statement rate from {GoalFrom} connections on, gateway CPU under {GatewayCpuGoal} µs per order.").AppendLine();
        foreach (var ((count, name), one) in figures.Where(entry => entry.Key.Connections >= GoalFrom && entry.Key.Name is not (Baseline or Floor or Bare)))
        {
            var ratio = one.Rate / figures[(count, Baseline)].Rate;
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"- {count} connections, {name}: {ratio:P0} ({Verdict(ratio >= RatioGoal)}), {one.GatewayCpu:F0} µs ({Verdict(one.GatewayCpu < GatewayCpuGoal)}), of which {figures[(count, Floor)].GatewayCpu:F0} µs are the bare door's; the bare service takes {figures[(count, Bare)].GatewayCpu:F0} µs.");
        }

        await options.PublishAsync(report.ToString());
        return 0;
    }

    private static string Verdict(bool reached) => reached ? "reached" : "missed";
}
