using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using StackExchange.Redis;
using StratForge.Alpaca;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;
using StratForge.Ingestor.Bars;
using StratForge.Ingestor.Leadership;

namespace StratForge.Benchmarks.BarStoring;

/// <summary>How fast the ingestor's store takes bars in, beside a bare binary COPY of the same rows.</summary>
internal static class BarStoreBenchmark
{
    private const string Name = "bar-store";
    private const double Goal = 0.95;

    /// <summary>What the ingestor stores at once at most.</summary>
    private const int LargestBatch = 5_000;

    private static readonly DateTimeOffset Opens = new(2026, 1, 5, 14, 30, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--symbols", "--minutes", "--rows", "--rounds");
        var symbols = options.Number("--symbols", 50);
        var minutes = options.Number("--minutes", 400);
        var rows = options.Number("--rows", 200_000);
        var rounds = options.Number("--rounds", 7);

        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock, fillsAtOnce: false);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address, withWorker: false);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);
        await using var leader = await LeaderConnection.TakeAsync(database, TimeSpan.FromSeconds(1), clock, CancellationToken.None);
        await using var connection = await database.OpenConnectionAsync();
        var (store, bare) = (new BarStore(leader), new BareCopy(connection));

        var perStatement = Math.Max(1, LargestBatch / symbols) * symbols;
        (string What, List<List<LiveBar>> Statements)[] loads =
        [
            ($"a minute of {symbols} symbols", Statements(symbols, minutes, symbols)),
            (string.Create(CultureInfo.InvariantCulture, $"{perStatement} bars"), Statements(symbols, Math.Max(1, rows / symbols), perStatement)),
        ];
        await bare.CreateAsync(loads.SelectMany(load => load.Statements).SelectMany(bars => bars).Select(bar => bar.Value.Time));

        var report = new StringBuilder(await Heading.WriteAsync(Name, options, database, redis, clock));
        report.AppendLine("| one statement holds | bars/s: the store | bare COPY | ratio, median of rounds | lowest–highest round |").AppendLine("| --- | ---: | ---: | ---: | ---: |");
        var verdicts = new List<string>();
        foreach (var (what, statements) in loads)
        {
            var count = statements.Sum(bars => bars.Count);
            var (stored, copied) = (new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                // In turns, each first every other time: what a machine does in the background hits both.
                var (ours, theirs) = (0.0, 0.0);
                foreach (var turn in round % 2 == 0 ? (bool[])[true, false] : [false, true])
                {
                    await EmptyAsync(database);
                    var rate = count / await MeasureAsync(statements, turn ? bars => store.InsertAsync(bars, CancellationToken.None) : bare.StoreAsync);
                    await RequireAsync(database, turn ? "market_data" : BareCopy.Table, count);
                    (ours, theirs) = turn ? (rate, theirs) : (ours, rate);
                }

                // The first round compiles the code of both.
                if (round >= 0)
                {
                    stored.Add(ours);
                    copied.Add(theirs);
                }
            }

            var ratios = stored.Zip(copied, (ours, theirs) => ours / theirs).Order().ToList();
            var ratio = Median(ratios);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {what} | {Median(stored):F0} | {Median(copied):F0} | {ratio:P0} | {ratios[0]:P0}–{ratios[^1]:P0} |");
            verdicts.Add(string.Create(CultureInfo.InvariantCulture, $"- {what}: {ratio:P1} ({(ratio >= Goal ? "reached" : "missed")})."));
        }

        report.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Goal: at least {Goal:P0} of the rate of the bare COPY.").AppendLine();
        verdicts.ForEach(verdict => report.AppendLine(verdict));
        await options.PublishAsync(report.ToString());
        return 0;
    }

    private static async Task<double> MeasureAsync(List<List<LiveBar>> statements, Func<IReadOnlyList<LiveBar>, Task> store)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var statement in statements)
        {
            await store(statement);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static List<List<LiveBar>> Statements(int symbols, int minutes, int perStatement) =>
        [.. Enumerable.Range(0, minutes)
            .SelectMany(minute => Enumerable.Range(0, symbols).Select(symbol => BarOf(symbol, minute)))
            .Chunk(perStatement)
            .Select(bars => bars.ToList())];

    // Prices of five digits that differ from bar to bar, as a table of them holds.
    private static LiveBar BarOf(int symbol, int minute)
    {
        var open = 100m + symbol + (((minute * 7) + symbol) % 500 / 100m);
        var close = 100m + symbol + (((minute * 11) + symbol) % 500 / 100m);
        var bar = new AlpacaBar(Opens.AddMinutes(minute), open, decimal.Max(open, close) + 0.13m, decimal.Min(open, close) - 0.08m, close, 1_000 + (minute * 37 % 9_000));
        return new LiveBar(string.Create(CultureInfo.InvariantCulture, $"S{symbol:D3}"), minute + 1, bar, bar.Time, Trace: null);
    }

    private static async Task EmptyAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand($"truncate market_data, {BareCopy.Table}");
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RequireAsync(NpgsqlDataSource database, string table, int expected)
    {
        await using var command = database.CreateCommand($"select count(*) from {table}");
        var stored = (long)(await command.ExecuteScalarAsync())!;
        if (stored != expected)
        {
            throw new InvalidOperationException($"{expected} bars were stored, {stored} are in {table}.");
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
