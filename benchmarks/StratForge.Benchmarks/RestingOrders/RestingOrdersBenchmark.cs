using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using StackExchange.Redis;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.OrderIntake;
using StratForge.Benchmarks.Platform;
using StratForge.Benchmarks.Streams;

namespace StratForge.Benchmarks.RestingOrders;

/// <summary>What orders cost that wait for their price: while quotes come that reach none of them, and to the orders that others place beside them.</summary>
internal static class RestingOrdersBenchmark
{
    private const string Name = "resting-orders";

    // Of the figure without any resting order; of that with one trailing stop.
    private const double Goal = 1.5;

    // The last symbol has no other orders, so that none is reached when it falls.
    private const int FallingSymbol = StreamMessages.Symbols - 1;
    private const int FallingRate = 100;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--orders", "--trailing", "--rate", "--rounds", "--seconds", "--users");
        var levels = options.Numbers("--orders", "1000,20000");
        var trailing = options.Numbers("--trailing", "1,1000,5000");
        var rate = options.Number("--rate", 1_000);
        var rounds = options.Number("--rounds", 3);
        var seconds = options.Number("--seconds", 3);
        var users = options.Number("--users", 60);

        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock, fillsAtOnce: false);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address, withWorker: false);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);
        using var bus = Publisher.ToRedis(stores.Redis);
        var feed = new BarFeed(database, redis, new DateTimeOffset(2026, 1, 5, 14, 30, 0, TimeSpan.Zero), BarFeed.Symbol);
        await feed.StoreHistoryAsync(1);

        var postgres = await PostgresProcess.FindAsync(database);
        var traders = await Trader.RegisterAsync(stores.Platform, database, users, clock);
        var orders = new TradeOrders(stores.Platform.AddressOf("http"), traders, "market");
        var turn = new IntakeTurn(stores.Platform, sink, database, postgres, feed, clock);
        await using (new QuoteFlow(bus, rate))
        {
            using var load = new IntakeLoad(orders, 1, users);
            await turn.RunAsync(load, WarmUp, withFills: false);
        }

        var report = new StringBuilder(await Heading.WriteAsync(Name, options, database, redis, clock));
        report.AppendLine("| resting orders | of a core for the quotes | CPU µs per quote | orders beside them: p50 ms | p99 ms | CPU µs per order |");
        report.AppendLine("| ---: | ---: | ---: | ---: | ---: | ---: |");
        var resting = RestingLoad.OnBothSides(stores.Platform.AddressOf("http"), traders);
        var figures = new List<Level>();
        foreach (var level in levels.Order().Prepend(0))
        {
            var figure = await BesideAsync(resting, level, rate, null);
            figures.Add(figure);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {level} | {figure.Share:P1} | {figure.PerQuote:F1} | {figure.P50:F2} | {figure.P99:F2} | {figure.PerOrder:F0} |");
        }

        report.AppendLine().AppendLine(
            CultureInfo.InvariantCulture, $"Goal: with resting orders at most {Goal} times the figures without any, per quote and per order beside them.").AppendLine();
        foreach (var figure in figures.Skip(1))
        {
            var (quotes, beside) = (figure.PerQuote / figures[0].PerQuote, figure.PerOrder / figures[0].PerOrder);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"- {figure.Resting} resting orders: {quotes:F2} times per quote ({Verdict(quotes)}), {beside:F2} times per order ({Verdict(beside)}).");
        }

        report.AppendLine().AppendLine(
            CultureInfo.InvariantCulture, $"Trailing stops in a market that falls: each of {FallingRate} quotes a second is the best that all of them have seen.").AppendLine();
        report.AppendLine("| trailing stops | CPU µs per quote: gateway | Postgres | orders beside them: p50 ms | p99 ms |");
        report.AppendLine("| ---: | ---: | ---: | ---: | ---: |");
        var ask = StreamMessages.AskPrice;
        Action<long> fall = number => bus.PublishQuote(FallingSymbol, number, ask -= 0.005m);
        fall(0);
        bus.Flush();
        var trails = RestingLoad.Trailing(stores.Platform.AddressOf("http"), traders, StreamMessages.AllSymbols[FallingSymbol]);
        figures.Clear();
        foreach (var level in trailing.Order())
        {
            var figure = await BesideAsync(trails, level, FallingRate, fall);
            figures.Add(figure);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {level} | {figure.PerQuote:F0} | {figure.PostgresPerQuote:F0} | {figure.P50:F2} | {figure.P99:F2} |");
        }

        await turn.CheckAsync();
        report.AppendLine();
        foreach (var figure in figures.Skip(1))
        {
            var quotes = (figure.PerQuote + figure.PostgresPerQuote) / (figures[0].PerQuote + figures[0].PostgresPerQuote);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"- {figure.Resting} trailing stops: {quotes:F2} times per quote what {figures[0].Resting} takes, gateway and Postgres together ({Verdict(quotes)}).");
        }

        await options.PublishAsync(report.ToString());
        return 0;

        async Task<Level> BesideAsync(RestingLoad waiting, int level, int quotes, Action<long>? publish)
        {
            await waiting.PlaceAsync(level);
            await turn.AnalyzeAsync();
            var turns = new List<Turn>();
            for (var round = 0; round < rounds; round++)
            {
                turns.Add(await MeasureAsync(quotes, publish));
            }

            return new Level(level, turns);
        }

        async Task<Turn> MeasureAsync(int quotes, Action<long>? publish)
        {
            await using var flow = new QuoteFlow(bus, quotes, publish);
            await Task.Delay(TimeSpan.FromSeconds(1), clock);
            var (cpu, stored, published, began) = (stores.Platform.CpuOf("gateway"), postgres.Cpu, flow.Published, Stopwatch.GetTimestamp());
            await Task.Delay(TimeSpan.FromSeconds(seconds), clock);
            var used = stores.Platform.CpuOf("gateway") - cpu;
            var elapsed = Stopwatch.GetElapsedTime(began);
            var perQuote = used.TotalMicroseconds / (flow.Published - published);
            var postgresPerQuote = (postgres.Cpu - stored).TotalMicroseconds / (flow.Published - published);

            using var load = new IntakeLoad(orders, 1, users);
            var run = await turn.RunAsync(load, TimeSpan.FromSeconds(seconds), withFills: false);
            var latencies = new Latencies();
            foreach (var milliseconds in run.Milliseconds)
            {
                latencies.Add(milliseconds);
            }

            return new Turn(
                used / elapsed, perQuote, postgresPerQuote, latencies.Percentile(0.5), latencies.Percentile(0.99), run.GatewayCpu.TotalMicroseconds / latencies.Count);
        }
    }

    private static string Verdict(double ratio) => ratio <= Goal ? "reached" : "missed";

    /// <param name="Share">Part of a core that the gateway takes while only quotes come.</param>
    /// <param name="PerQuote">The same per quote, µs.</param>
    /// <param name="PostgresPerQuote">The same of the database, µs.</param>
    /// <param name="P50">Median time of an order placed beside them, ms.</param>
    /// <param name="P99">99th percentile of the same.</param>
    /// <param name="PerOrder">CPU of the gateway per such order, the quotes' included, µs.</param>
    private readonly record struct Turn(double Share, double PerQuote, double PostgresPerQuote, double P50, double P99, double PerOrder);

    /// <summary>Medians of the turns beside as many resting orders.</summary>
    private sealed class Level(int resting, IReadOnlyList<Turn> turns)
    {
        public int Resting => resting;

        public double Share => Median(turn => turn.Share);

        public double PerQuote => Median(turn => turn.PerQuote);

        public double PostgresPerQuote => Median(turn => turn.PostgresPerQuote);

        public double P50 => Median(turn => turn.P50);

        public double P99 => Median(turn => turn.P99);

        public double PerOrder => Median(turn => turn.PerOrder);

        private double Median(Func<Turn, double> figure) => turns.Select(figure).Order().ElementAt(turns.Count / 2);
    }
}
