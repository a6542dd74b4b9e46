using System.Globalization;
using System.Text;
using Npgsql;
using StackExchange.Redis;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.Streams;

/// <summary>What the gateway's live streams cost, beside SignalR, a loop over ASP.NET Core's own WebSockets, and nats-server, in turns.</summary>
internal static class StreamsBenchmark
{
    private const string Name = "streams";

    // Of everything else that a process of this run has open.
    private const int SpareFiles = 500;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--clients", "--seconds", "--idle", "--parts");
        var counts = options.Numbers("--clients", "100,1000,5000");
        var seconds = options.Number("--seconds", 4);
        var idle = options.Number("--idle", 10_000);
        var parts = options.OneOf("--parts", "all", "relay", "market", "idle", "stalled");
        RequireFiles(counts.Append(parts is "all" or "idle" ? idle : 0).Max());

        var clock = TimeProvider.System;
        await using var sink = await BrokerSink.StartAsync(clock, fillsAtOnce: false);
        await using var application = await MeasuredApplication.StartAsync(sink.Address, withWorker: false);
        await using var database = NpgsqlDataSource.Create(application.Database);
        using var redis = await ConnectionMultiplexer.ConnectAsync(application.Redis);
        var token = await application.Platform.RegisterAsync(Name);
        var run = new StreamsRun(application.Platform, application.Redis, token, seconds);

        var report = new StringBuilder(await Heading.WriteAsync(Name, options, database, redis, clock));
        if (NatsServer.Program is null)
        {
            report.AppendLine("nats-server is not installed here (`apt-get install nats-server`), so it takes no part.").AppendLine();
        }

        if (parts is "all" or "idle")
        {
            await IdlePart.MeasureAsync(report, run, idle);
        }

        if (parts is "all" or "relay")
        {
            await RelayPart.MeasureAsync(report, run, counts);
        }

        if (parts is "all" or "market")
        {
            await MarketPart.MeasureAsync(report, run);
        }

        if (parts is "all" or "stalled")
        {
            await StalledPart.MeasureAsync(report, run);
        }

        await options.PublishAsync(report.ToString());
        return 0;
    }

    // The runtime raises its soft limit to the hard one when it starts.
    private static void RequireFiles(int clients)
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
        {
            return;
        }

        var line = File.ReadLines(Limits).First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        if (long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit < clients + SpareFiles)
        {
            throw new UsageException($"{clients} clients need {clients + SpareFiles} open files and {limit} are allowed: ulimit -n {clients + SpareFiles}, or fewer --clients and --idle.");
        }
    }
}
