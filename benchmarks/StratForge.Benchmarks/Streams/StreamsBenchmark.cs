using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Npgsql;
using StackExchange.Redis;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.Streams;

/// <summary>What the gateway's live streams cost, beside SignalR and a loop over ASP.NET Core's own WebSockets, in turns.</summary>
internal static class StreamsBenchmark
{
    private const string Name = "streams";
    private const string Relayed = "levels.signals";
    private const int PayloadBytes = 1200;
    private const int Symbols = 50;
    private const int SymbolsPerClient = 5;
    private const int MarketClients = 100;
    private const int MarketRate = 10_000;

    // Messages on their way at once when as much is sent as can be taken.
    private const int Window = 48;

    private static readonly string Filler = new('x', PayloadBytes - 60);

    /// <summary>Symbols that the broker has to list.</summary>
    public static IEnumerable<string> AllSymbols => Enumerable.Range(0, Symbols).Select(SymbolOf);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--clients", "--seconds", "--idle", "--parts");
        var counts = options.Numbers("--clients", "100,1000,5000");
        var seconds = options.Number("--seconds", 4);
        var idle = options.Number("--idle", 10_000);
        var parts = options.OneOf("--parts", "all", "relay", "market", "idle", "stalled");

        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock, fillsAtOnce: false);
        await using var stores = await MeasuredApplication.StartAsync(sink.Address, withWorker: false);
        await using var database = NpgsqlDataSource.Create(stores.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(stores.Redis);
        var token = await stores.Platform.RegisterAsync("streams");
        using var gateway = new Contestant("gateway", stores.Platform.ProcessOf("gateway"), stores.Platform.AddressOf("http"), Dialect.Gateway);
        using var naive = await Contestant.StartAsync(Dialect.Naive, stores.Redis);
        using var signalR = await Contestant.StartAsync(Dialect.SignalR, stores.Redis);
        Contestant[] all = [gateway, naive, signalR];
        var bus = redis.GetSubscriber();

        var report = new StringBuilder(await Heading.WriteAsync(Name, options, database, redis, clock));
        if (parts is "all" or "idle")
        {
            await IdleAsync(report, gateway, idle, token);
        }

        if (parts is "all" or "relay")
        {
            await RelayAsync(report, all, counts, seconds, token, bus);
        }

        if (parts is "all" or "market")
        {
            await MarketAsync(report, all, seconds, token, bus);
        }

        if (parts is "all" or "stalled")
        {
            await StalledAsync(report, gateway, seconds, token, bus);
        }

        await options.PublishAsync(report.ToString());
        return 0;
    }

    private static async Task RelayAsync(StringBuilder report, Contestant[] all, int[] counts, int seconds, string token, ISubscriber bus)
    {
        report.AppendLine(CultureInfo.InvariantCulture, $"## Relay: {PayloadBytes} bytes to every client").AppendLine();
        report.AppendLine("| clients | | p50 ms | p99 ms | p99.9 ms | CPU µs per delivery at 4/s | CPU µs per delivery, saturated | deliveries/s, saturated | MB |");
        report.AppendLine("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var count in counts)
        {
            foreach (var contestant in all)
            {
                using var clients = await LoadClients.ConnectAsync(
                    contestant, count, _ => contestant.RelayPath, contestant.Speaks == Dialect.Gateway ? token : null);
                await PublishAsync(clients, bus, TimeSpan.FromSeconds(1), perSecond: 20);
                var memory = contestant.Resident;

                clients.Reset();
                var cpu = contestant.Cpu;
                await PublishAsync(clients, bus, TimeSpan.FromSeconds(seconds), perSecond: 4);
                var paced = (contestant.Cpu - cpu).TotalMicroseconds / clients.Delivered;
                var (p50, p99, p999) = (clients.Percentile(0.5), clients.Percentile(0.99), clients.Percentile(0.999));

                await SaturateAsync(clients, bus, TimeSpan.FromSeconds(1));
                clients.Reset();
                cpu = contestant.Cpu;
                var began = Stopwatch.GetTimestamp();
                await SaturateAsync(clients, bus, TimeSpan.FromSeconds(seconds));
                var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
                var saturated = (contestant.Cpu - cpu).TotalMicroseconds / clients.Delivered;
                report.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {count} | {contestant.Name} | {p50:F2} | {p99:F2} | {p999:F2} | {paced:F2} | {saturated:F2} | {clients.Delivered / elapsed:F0} | {Math.Max(memory, contestant.Resident) / 1e6:F0} |");
            }
        }

        report.AppendLine();
    }

    // At a fixed rate, until everything has arrived.
    private static async Task PublishAsync(LoadClients clients, ISubscriber bus, TimeSpan duration, int perSecond)
    {
        var before = clients.Delivered;
        var messages = (int)(duration.TotalSeconds * perSecond);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        for (var i = 0; i < messages; i++)
        {
            Publish(bus);
            await timer.WaitForNextTickAsync();
        }

        await ArrivedAsync(clients, before + ((long)messages * clients.Count));
    }

    // As fast as it is taken: the next message goes when all but a window of those before have arrived everywhere.
    private static async Task SaturateAsync(LoadClients clients, ISubscriber bus, TimeSpan duration)
    {
        var before = clients.Delivered;
        long messages = 0;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < duration; messages++)
        {
            Publish(bus);
            await ArrivedAsync(clients, before + ((messages + 1 - Window) * clients.Count));
        }

        await ArrivedAsync(clients, before + (messages * clients.Count));
    }

    private static void Publish(ISubscriber bus) => bus.Publish(
        new RedisChannel(Relayed, RedisChannel.PatternMode.Literal),
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{Stopwatch.GetTimestamp()},\"filler\":\"{Filler}\"}}")),
        CommandFlags.FireAndForget);

    private static async Task ArrivedAsync(LoadClients clients, long deliveries)
    {
        var began = Stopwatch.GetTimestamp();
        while (clients.Delivered < deliveries)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"{clients.Delivered} of {deliveries} deliveries arrived.");
            }

            await Task.Delay(1);
        }
    }

    private static async Task MarketAsync(StringBuilder report, Contestant[] all, int seconds, string token, ISubscriber bus)
    {
        report.AppendLine(CultureInfo.InvariantCulture, $"## Market: {Symbols} symbols, {MarketRate} messages a second in, {MarketClients} clients with {SymbolsPerClient} symbols each").AppendLine();
        report.AppendLine("| | p50 ms | p99 ms | values that arrived, of those published | CPU µs per published value and subscriber | last values wrong |");
        report.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var contestant in all)
        {
            var isGateway = contestant.Speaks == Dialect.Gateway;
            using var clients = await LoadClients.ConnectAsync(
                contestant, MarketClients, number => contestant.MarketPath(SymbolsOf(number)), isGateway ? token : null,
                number => JsonSerializer.Serialize(new { action = "subscribe", channels = new[] { "quotes" }, symbols = SymbolsOf(number) }));
            await QuoteAsync(bus, TimeSpan.FromSeconds(1), 0);
            await Task.Delay(500);
            clients.Reset();
            var cpu = contestant.Cpu;
            var published = await QuoteAsync(bus, TimeSpan.FromSeconds(seconds), 1_000_000);
            await Task.Delay(500);
            var matched = published.Length / Symbols * (long)MarketClients * SymbolsPerClient;
            var perValue = (contestant.Cpu - cpu).TotalMicroseconds / matched;
            var wrong = clients.Newest.Sum(newest => newest.Count(value => value.Value != published[^(Symbols - value.Key)])) + (clients.Count * SymbolsPerClient) - clients.Newest.Sum(newest => newest.Count);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {contestant.Name} | {clients.Percentile(0.5):F2} | {clients.Percentile(0.99):F2} | {100.0 * clients.Delivered / matched:F1} % | {perValue:F2} | {wrong} |");
        }

        report.AppendLine();
    }

    // Symbols in turn, in bursts of a millisecond.
    private static async Task<long[]> QuoteAsync(ISubscriber bus, TimeSpan duration, long firstNumber)
    {
        var numbers = new long[(int)(duration.TotalSeconds * MarketRate)];
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < numbers.Length;)
        {
            var due = Math.Min(numbers.Length, (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * MarketRate));
            for (; i < due; i++)
            {
                var symbol = i % Symbols;
                numbers[i] = firstNumber + i;
                bus.Publish(
                    new RedisChannel($"market_quotes:{SymbolOf(symbol)}", RedisChannel.PatternMode.Literal),
                    Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""
                        {"symbol":"{{SymbolOf(symbol)}}","bidPrice":100.25,"bidSize":300,"askPrice":100.27,"askSize":200,"timestamp":"2026-01-05T15:30:00.123456Z","tickType":"quote","ts":{{Stopwatch.GetTimestamp()}},"s":{{symbol}},"n":{{numbers[i]}}}
                        """)),
                    CommandFlags.FireAndForget);
            }

            await Task.Delay(1);
        }

        return numbers;
    }

    private static string[] SymbolsOf(int client) => [.. Enumerable.Range(0, SymbolsPerClient).Select(i => SymbolOf(((client * SymbolsPerClient) + i) % Symbols))];

    private static string SymbolOf(int number) => $"BM{(char)('A' + (number / 26))}{(char)('A' + (number % 26))}";

    private static async Task IdleAsync(StringBuilder report, Contestant gateway, int count, string token)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        var before = gateway.Resident;
        using var clients = await LoadClients.ConnectAsync(gateway, count, _ => "/live", token);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var after = gateway.Resident;
        var cpu = gateway.Cpu;
        await Task.Delay(TimeSpan.FromSeconds(5));
        report.AppendLine("## Idle connections, signed in, on /live").AppendLine();
        report.AppendLine(
            CultureInfo.InvariantCulture,
            $"{count} connections: {before / 1e6:F0} MB before, {after / 1e6:F0} MB with them: {(after - before) / 1000.0 / count:F1} KB each; {(gateway.Cpu - cpu).TotalMilliseconds / 50:F1} % of a core.").AppendLine();
    }

    private static async Task StalledAsync(StringBuilder report, Contestant gateway, int seconds, string token, ISubscriber bus)
    {
        using var clients = await LoadClients.ConnectAsync(gateway, 100, _ => gateway.RelayPath, token);
        var alone = new List<double>();
        var beside = new List<double>();
        for (var round = 0; round < 4; round++)
        {
            alone.Add(await MeasureAsync());
            using var stalled = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            await stalled.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Address.Port));
            await stalled.SendAsync(Encoding.ASCII.GetBytes(
                $"GET {gateway.RelayPath} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer {token}\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
            await PublishAsync(clients, bus, TimeSpan.FromSeconds(2), perSecond: 500);
            beside.Add(await MeasureAsync());
        }

        report.AppendLine("## One client that takes nothing, among 100 at 200 messages a second").AppendLine();
        report.AppendLine(
            CultureInfo.InvariantCulture,
            $"p99 of the others, median of {alone.Count} turns: {Median(alone):F2} ms without it, {Median(beside):F2} ms beside it ({string.Join(" ", alone.Select(Show))} and {string.Join(" ", beside.Select(Show))}).").AppendLine();

        async Task<double> MeasureAsync()
        {
            clients.Reset();
            await PublishAsync(clients, bus, TimeSpan.FromSeconds(seconds), perSecond: 200);
            return clients.Percentile(0.99);
        }

        static string Show(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
