using System.Diagnostics;
using System.Globalization;
using StratForge.Contracts.Market;
using StratForge.Testing;

namespace StratForge.Ingestor.Tests;

/// <summary>The ingestor and the simulated exchange as processes of their own, killed in the middle of a replay.</summary>
public sealed class KilledTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IDisposable
{
    private const int Minutes = 1_500;

    private static readonly DateTimeOffset Opening = new(2013, 10, 4, 13, 30, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ingestor-");
    private readonly int _port = Ports.Free();
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            Kill(process);
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Whoever_is_killed_in_the_middle_of_a_replay_every_bar_is_numbered_once_in_order()
    {
        var file = WriteBars();
        await database.ExecuteAsync("insert into market_data_live values ('SPY', '1m', $1)", Opening.AddMinutes(-1));
        await database.ExecuteAsync("""
            with owner as (
                insert into users (id, email, username, password_hash, created_at, updated_at)
                values (gen_random_uuid(), 'a@example.org', 'a', '', now(), now()) returning id),
            strategy as (
                insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
                select gen_random_uuid(), id, 'cross', 'csharp', 'SPY', '', '', now(), now() from owner returning id, user_id),
            version as (
                insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at)
                select id, 1, 'csharp', '', '', now() from strategy)
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, first_seq)
            select gen_random_uuid(), user_id, id, 1, 'SPY', 'stock', 'RUNNING', now(), 0 from strategy
            """);
        await using var bus = await Bus.ListenAsync(await redis.ConnectAsync());

        var exchange = StartExchange(file);
        var ingestor = StartIngestor();
        await PassAsync(bus, 300);
        Kill(ingestor);
        ingestor = StartIngestor();
        await PassAsync(bus, 600);
        Kill(exchange);
        exchange = StartExchange(file);
        await PassAsync(bus, 900);
        Kill(ingestor);
        Kill(exchange);
        StartIngestor();
        StartExchange(file);
        await PassAsync(bus, LastSeq);

        Assert.Equal((long)LastSeq, await database.ValueAsync<long>("select count(*) from market_data where seq is not null"));
        Assert.Equal((long)LastSeq, await database.ValueAsync<long>("select count(distinct seq) from market_data"));
        Assert.Equal(0L, await database.ValueAsync<long>("""
            select count(*)
            from (select seq, time, lag(seq) over (order by time) as before from market_data where seq is not null) bar
            where seq <> before + 1
            """));
        Assert.Equal(Expected().Sum(), await database.ValueAsync<decimal>("select sum(close) from market_data where timeframe = '1m'"));
    }

    // One minute in eleven had no trade, as in a thin market.
    private static int LastSeq => Expected().Count();

    private static IEnumerable<decimal> Expected() =>
        Enumerable.Range(0, Minutes).Where(static minute => minute % 11 != 3).Select(static minute => 160m + (minute % 97 * 0.01m));

    private static async Task PassAsync(Bus bus, long seq)
    {
        BarMessage bar;
        do
        {
            bar = await bus.NextBarAsync();
        }
        while (bar.Seq < seq);
    }

    private string WriteBars()
    {
        var path = Path.Combine(_folder.FullName, "SPY.csv");
        File.WriteAllLines(path,
        [
            "symbol,timestamp,open,high,low,close,volume",
            .. Enumerable.Range(0, Minutes).Where(static minute => minute % 11 != 3).Select(static minute =>
            {
                var price = 160m + (minute % 97 * 0.01m);
                return string.Create(CultureInfo.InvariantCulture, $"SPY,{Opening.AddMinutes(minute):yyyy-MM-ddTHH:mm:ssZ},{price},{price},{price},{price},100");
            }),
        ]);
        return path;
    }

    private Process StartExchange(string file) => Start("StratForge.SimulatedExchange", new()
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_port}",
        ["Exchange__ApiKey"] = "PKTEST",
        ["Exchange__SecretKey"] = "hush",
        ["Exchange__Replay"] = file,
        ["Exchange__Speed"] = "12000",
        ["Exchange__DataDirectory"] = Path.Combine(_folder.FullName, "exchange"),
    });

    private Process StartIngestor() => Start("StratForge.Ingestor", new()
    {
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        ["ConnectionStrings__stratforge"] = database.ConnectionString,
        ["ConnectionStrings__redis"] = redis.ConnectionString,
        ["Broker__ApiKey"] = "PKTEST",
        ["Broker__SecretKey"] = "hush",
        ["Broker__TradingUrl"] = $"http://127.0.0.1:{_port}",
        ["Broker__DataUrl"] = $"http://127.0.0.1:{_port}",
        ["Broker__DataStreamUrl"] = $"http://127.0.0.1:{_port}",
        ["Broker__RequestsPerMinute"] = "0",
        ["Broker__ReconnectAfterAtMost"] = "00:00:00.500",
    });

    private Process Start(string service, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{service}.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }
    }
}
