using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StratForge.Benchmarks.Streams;

/// <summary>Many quotes of many symbols to clients that want some of them.</summary>
internal static class MarketPart
{
    private const int SymbolsPerClient = 5;
    private const int Clients = 100;
    private const int Rate = 10_000;

    // Until the code of either is compiled for good.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    public static async Task MeasureAsync(StringBuilder report, StreamsRun run)
    {
        report.AppendLine(
            CultureInfo.InvariantCulture,
            $"## Market: {StreamMessages.Symbols} symbols, {Rate} quotes a second in, {Clients} clients with {SymbolsPerClient} symbols each").AppendLine();
        report.AppendLine("| | p50 ms | p99 ms | p99.9 ms | late | arrived, of those published | CPU µs per published quote and subscriber | per arrived quote | last values wrong |");
        report.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        var turns = new Dictionary<Dialect, MarketTurn>();
        foreach (var dialect in run.Dialects)
        {
            Console.Error.WriteLine($"market, {dialect}");
            using var relayer = await run.StartAsync(dialect);
            var turn = turns[dialect] = await MeasureAsync(relayer, TimeSpan.FromSeconds(run.Seconds));
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {relayer.Name} | {turn.P50:F2} | {turn.P99:F2} | {turn.P999:F2} | {turn.Late} | {turn.Arrived:P1} | {turn.PerPublished:F2} | {turn.PerArrived:F2} | {turn.Wrong} |");
        }

        var (gateway, naive) = (turns[Dialect.Gateway], turns[Dialect.Naive]);
        report.AppendLine();
        report.Goal("market, CPU per published quote and subscriber, of the naive loop's", 100 * gateway.PerPublished / naive.PerPublished, 50, "%", "F1");
        report.Goal("market, CPU per arrived quote, of the naive loop's", 100 * gateway.PerArrived / naive.PerArrived, 50, "%", "F1");
        report.Goal($"market, quotes later than {StreamsRun.LateAfter.TotalMilliseconds} ms", gateway.Late, 0, "", "F0");
        report.Goal("market, last values wrong", gateway.Wrong, 0, "", "F0");
        report.AppendLine();
    }

    private static async Task<MarketTurn> MeasureAsync(Relayer relayer, TimeSpan duration)
    {
        using var clients = await LoadClients.ConnectAsync(relayer, Clients, number => relayer.QuotesHello(SymbolsOf(number)), StreamsRun.LateAfter);
        await clients.ReadyAsync(() => Once(relayer.Bus, 0), SymbolsPerClient);
        await PublishAsync(relayer.Bus, WarmUp, 1);
        await clients.QuietAsync();

        clients.Reset();
        var cpu = relayer.Cpu;
        var newest = await PublishAsync(relayer.Bus, duration, 1_000_000);
        await clients.QuietAsync();
        var used = (relayer.Cpu - cpu).TotalMicroseconds;
        var matched = duration.TotalSeconds * Rate / StreamMessages.Symbols * Clients * SymbolsPerClient;
        return new MarketTurn(
            clients.Percentile(0.5), clients.Percentile(0.99), clients.Percentile(0.999), clients.Late, clients.Delivered / matched,
            used / matched, used / clients.Delivered,
            clients.Newest.Sum(values => SymbolsPerClient - values.Count(value => newest[value.Key] == value.Value)));
    }

    private static void Once(Publisher bus, long number)
    {
        for (var symbol = 0; symbol < StreamMessages.Symbols; symbol++)
        {
            bus.PublishQuote(symbol, number);
        }

        bus.Flush();
    }

    // Symbols in turn, what is due every millisecond. Returns the last number of each symbol.
    private static async Task<long[]> PublishAsync(Publisher bus, TimeSpan duration, long number)
    {
        var newest = new long[StreamMessages.Symbols];
        var all = (int)(duration.TotalSeconds * Rate);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < all;)
        {
            await timer.WaitForNextTickAsync();
            for (var due = Math.Min(all, (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * Rate)); i < due; i++)
            {
                var symbol = i % StreamMessages.Symbols;
                newest[symbol] = number + i;
                bus.PublishQuote(symbol, number + i);
            }

            bus.Flush();
        }

        return newest;
    }

    private static string[] SymbolsOf(int client) =>
        [.. Enumerable.Range(0, SymbolsPerClient).Select(i => StreamMessages.AllSymbols[((client * SymbolsPerClient) + i) % StreamMessages.Symbols])];

    private readonly record struct MarketTurn(
        double P50, double P99, double P999, long Late, double Arrived, double PerPublished, double PerArrived, int Wrong);
}
