using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using StackExchange.Redis;
using StratForge.Testing;

namespace StratForge.Chaos.Tests;

/// <summary>The platform as processes around a replay, what is done to it, and what must hold in the end.</summary>
internal sealed class ChaosFloor : IAsyncDisposable
{
    private const int Consumers = 4;
    private const int TapedBarSize = 56;
    private const string AdminKey = "a key for faults on demand";
    private const string ServiceKey = "a service key for the tests only";

    // A subscribed connection that has more than this to read is thrown off by Redis, when it is told to.
    private const int KickAbove = 32 * 1024;
    private const int MostPlannedFaults = 60;

    private const string Strategy = "public sealed class Watcher : Strategy { public override Signal? OnBar(Bar bar) => null; }";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly Trial _trial;
    private readonly Random _random;
    private readonly Source _source;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chaos-");
    private readonly FreshDatabase _database = new();
    private readonly FreshRedis _redis = new();
    private readonly HttpClient _admin = new();
    private readonly List<PlatformProcess> _ingestors = [];
    private readonly List<PlatformProcess> _gateways = [];
    private readonly List<BarConsumer> _consumers = [];
    private readonly List<Task> _listening = [];
    private readonly SortedDictionary<Disturbance, int> _done = [];
    private readonly CancellationTokenSource _closing = new();
    private PlatformProcess? _exchange;
    private PlatformProcess? _worker;
    private int _kicked;
    private int _planned;

    private ChaosFloor(Trial trial)
    {
        _trial = trial;
        _random = new Random(trial.Seed);
        _source = Source.Of(trial);
    }

    public static async Task<ChaosFloor> OpenAsync(Trial trial)
    {
        var floor = new ChaosFloor(trial);
        try
        {
            await floor.OpenAsync();
            return floor;
        }
        catch
        {
            await floor.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the replay run, and each thing fail at its minute.</summary>
    public async Task RunAsync()
    {
        foreach (var (minute, what) in _trial.Plan(_random))
        {
            var moment = _source.Minutes[Math.Min(minute, _source.Minutes.Count - 1)];
            await UntilAsync(async () => await MarketTimeAsync() >= moment, $"the market does not come to {moment:u}");
            await DisturbAsync(what);
            _done[what] = _done.GetValueOrDefault(what) + 1;
        }
    }

    /// <summary>Waits until table, clients and sessions have come to the last bar.</summary>
    public async Task SettleAsync()
    {
        var last = _source.Bars.ToDictionary(symbol => symbol.Key, symbol => symbol.Value[^1].At);
        var end = last.Values.Max();
        await UntilAsync(async () => await MarketTimeAsync() > end, "the market does not come to its end");
        await UntilAsync(
            async () => await _database.ValueAsync<long>("select count(*) from market_data where timeframe = '1m'") >= _source.Count,
            "bars are missing in the table");
        await UntilAsync(
            () => Task.FromResult(_consumers.TrueForAll(consumer => last.All(symbol => consumer.LastAt(symbol.Key) >= symbol.Value))),
            "a client did not come to the last bar");
        await UntilAsync(
            () => _database.ValueAsync<bool>("""
                select count(*) = 0
                from sessions s
                where coalesce(s.processed_seq, 0) < (select max(m.seq) from market_data m where m.symbol = s.symbol and m.timeframe = '1m')
                """),
            "a session did not come to the last bar");
        await _closing.CancelAsync();
        await Task.WhenAll(_listening);
    }

    /// <summary>What must hold, whatever failed when.</summary>
    public async Task CheckAsync()
    {
        foreach (var (symbol, expected) in _source.Bars)
        {
            Assert.Equal(expected, await StoredAsync(symbol));
            Assert.Equal(expected.Length, await _database.ValueAsync<long>(
                "select count(distinct seq) from market_data where symbol = $1 and timeframe = '1m' and seq between 1 and $2", symbol, (long)expected.Length));
            foreach (var consumer in _consumers)
            {
                Assert.Empty(consumer.Broken);
                Assert.Equal(expected, consumer.Seen[symbol]);
            }

            var (firstSeq, taped) = await TapedAsync(symbol);
            Assert.Equal(expected[(int)firstSeq..].Select(Rounded), taped);
        }

        Assert.Equal(Source.Symbols.Length, await _database.ValueAsync<long>("select count(*) from sessions where status = 'RUNNING' and ended_at is null"));
        Assert.Equal(0, await _database.ValueAsync<long>("select count(*) from session_logs where level in ('warning', 'error')"));
        Assert.Equal(Enum.GetValues<Disturbance>(), _done.Keys);
        Assert.True(_kicked > 0, "Redis threw nobody off.");
    }

    /// <summary>A row of docs/chaos.md.</summary>
    public string Describe()
    {
        var faults = string.Join(" | ", Enum.GetValues<Disturbance>().Select(what => _done.GetValueOrDefault(what)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {_trial.Seed} | {_trial.Seconds} s | {(_trial.Bars.Length > 0 ? "real" : "made")} | {faults} | {_source.Count} | {_consumers.Sum(consumer => consumer.Connections)} | {_consumers.Sum(consumer => consumer.Streamed)} | {_consumers.Sum(consumer => consumer.ReadLater)} |");
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _consumers.ForEach(consumer => consumer.Dispose());
        foreach (var process in All)
        {
            process.Dispose();
        }

        _admin.Dispose();
        await _redis.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
        _closing.Dispose();
    }

    private IEnumerable<PlatformProcess> All => [.. _ingestors, .. _gateways, .. new[] { _worker, _exchange }.OfType<PlatformProcess>()];

    private async Task OpenAsync()
    {
        await Task.WhenAll(_database.InitializeAsync(), _redis.InitializeAsync());
        await ArmRedisAsync();
        foreach (var symbol in Source.Symbols)
        {
            // The minute before the first counts as seen: so that all of them are live and none is history.
            await _database.ExecuteAsync("insert into market_data_live values ($1, '1m', $2)", symbol, _source.OpensAt.AddMinutes(-1));
        }

        _exchange = NewExchange();
        _exchange.Start();
        for (var i = 0; i < 2; i++)
        {
            _gateways.Add(NewGateway(out var internalAddress));
            _gateways[i].Start();
            _worker ??= NewWorker(internalAddress);
        }

        _worker!.Start();
        await UntilAsync(async () => await IsUpAsync(_exchange) && await IsUpAsync(_gateways[0]) && await IsUpAsync(_gateways[1]), "the platform does not start");

        var token = await SignUpAsync();
        for (var i = 0; i < Consumers; i++)
        {
            var consumer = new BarConsumer([.. _gateways.Select(gateway => gateway.Address)], i % 2, token, _source.OpensAt);
            _consumers.Add(consumer);
            _listening.Add(consumer.RunAsync(_closing.Token));
        }

        await UntilAsync(
            async () => _consumers.TrueForAll(consumer => consumer.Connections > 0)
                && await _database.ValueAsync<bool>("select count(*) = $1 from sessions where first_seq is not null", (long)Source.Symbols.Length),
            "clients and sessions do not start");

        // The market waits until somebody listens to it: everyone is there before its first bar.
        for (var i = 0; i < 2; i++)
        {
            _ingestors.Add(NewIngestor());
            _ingestors[i].Start();
        }
    }

    private PlatformProcess NewExchange()
    {
        var file = Path.Combine(_folder.FullName, "bars.csv");
        _source.Write(file);
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        _admin.BaseAddress = address;
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        _admin.DefaultRequestHeaders.Add("APCA-API-KEY-ID", "PKTEST");
        _admin.DefaultRequestHeaders.Add("APCA-API-SECRET-KEY", "hush");
        return new PlatformProcess("StratForge.SimulatedExchange", address, new()
        {
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["Exchange__ApiKey"] = "PKTEST",
            ["Exchange__SecretKey"] = "hush",
            ["Exchange__AdminKey"] = AdminKey,
            ["Exchange__Replay"] = file,
            ["Exchange__AwaitListener"] = "true",
            ["Exchange__Speed"] = (Trial.MinutesPerSecond * 60).ToString(CultureInfo.InvariantCulture),
        });
    }

    private PlatformProcess NewGateway(out Uri internalAddress)
    {
        var internalPort = Ports.Free();
        internalAddress = new Uri($"http://127.0.0.1:{internalPort}");
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        return new PlatformProcess("StratForge.Gateway", address, OnStores(address, new()
        {
            ["INTERNAL_PORT"] = internalPort.ToString(CultureInfo.InvariantCulture),
            ["Internal__Key"] = ServiceKey,
            ["Jwt__Secret"] = "a secret of thirty-two bytes or more, for the tests only",
        }));
    }

    private PlatformProcess NewIngestor()
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        return new PlatformProcess("StratForge.Ingestor", address, OnStores(address, []));
    }

    private PlatformProcess NewWorker(Uri gateway)
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        return new PlatformProcess("StratForge.Worker", address, OnStores(address, new()
        {
            ["Gateway__InternalUrl"] = gateway.ToString(),
            ["Internal__Key"] = ServiceKey,
            ["Worker__HistoryPatience"] = "00:00:01",
        }));
    }

    private Dictionary<string, string> OnStores(Uri address, Dictionary<string, string> more)
    {
        var venue = _admin.BaseAddress!.ToString();
        return new(more)
        {
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["ConnectionStrings__stratforge"] = _database.ConnectionString,
            ["ConnectionStrings__redis"] = _redis.ConnectionString,
            ["Broker__ApiKey"] = "PKTEST",
            ["Broker__SecretKey"] = "hush",
            ["Broker__TradingUrl"] = venue,
            ["Broker__DataUrl"] = venue,
            ["Broker__DataStreamUrl"] = venue,
            ["Broker__RequestsPerMinute"] = "0",
        };
    }

    private static async Task<bool> IsUpAsync(PlatformProcess process) => await process.HealthAsync() is not null;

    private async Task<string> SignUpAsync()
    {
        using var http = new HttpClient { BaseAddress = _gateways[0].Address };
        var signedUp = await PostAsync("/api/auth/register", new { email = "a@example.org", username = "watcher", password = "correct horse battery" });
        var token = signedUp.GetProperty("accessToken").GetString()!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var symbol in Source.Symbols)
        {
            var strategy = await PostAsync("/api/strategies", new { name = $"Watches {symbol}", language = "csharp", symbol, code = Strategy });
            await PostAsync("/sessions", new { symbol, strategyId = strategy.GetProperty("id").GetGuid() });
        }

        return token;

        async Task<JsonElement> PostAsync(string path, object body)
        {
            using var response = await http.PostAsJsonAsync(path, body);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {text}");
            return JsonElement.Parse(text);
        }
    }

    private Task DisturbAsync(Disturbance what) => what switch
    {
        Disturbance.FeedDisconnects => PlanFaultAsync("disconnect", times: 1),
        Disturbance.FeedDuplicates => PlanFaultAsync("duplicate", times: 10),
        Disturbance.FeedReorders => PlanFaultAsync("reorder", times: 5),
        Disturbance.FeedDrops => PlanFaultAsync("drop", times: 3),
        Disturbance.RedisRestarts => RestartRedisAsync(),
        Disturbance.RedisKicks => KickAsync(),
        Disturbance.RedisHangsUp => HangUpAsync(),
        Disturbance.GatewayDies => KillGatewayAsync(),
        Disturbance.IngestorDies => KillLeaderAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "Nothing that can fail."),
    };

    private async Task PlanFaultAsync(string kind, int times)
    {
        if (_planned++ % MostPlannedFaults == MostPlannedFaults - 1)
        {
            using var cleared = await _admin.DeleteAsync(new Uri("/admin/faults", UriKind.Relative));
            cleared.EnsureSuccessStatusCode();
        }

        using var planned = await _admin.PostAsJsonAsync(
            "/admin/faults", new { kind, on = "market_data", @event = "bar", times, probability = times == 1 ? 1 : 0.5, seed = _random.Next() });
        planned.EnsureSuccessStatusCode();
    }

    private async Task RestartRedisAsync()
    {
        await _redis.KillAsync();
        await _redis.StartAgainAsync();
        await ArmRedisAsync();
    }

    private Task ArmRedisAsync() => CommandAsync("CONFIG", "SET", "client-output-buffer-limit", $"pubsub {KickAbove} 0 0");

    // The newest bar once more, between so many blanks that it is more than Redis holds for anybody.
    private async Task KickAsync()
    {
        var before = await SubscribedAsync();
        foreach (var symbol in Source.Symbols)
        {
            if (await NewestAsync(symbol) is { } newest)
            {
                await CommandAsync("PUBLISH", $"market_data:{symbol}", newest.PadRight(8 * KickAbove));
            }
        }

        await UntilAsync(
            async () =>
            {
                var gone = before.Except(await SubscribedAsync()).Count();
                _kicked += gone;
                return gone > 0;
            },
            "Redis throws nobody off");
    }

    private async Task<string?> NewestAsync(string symbol)
    {
        await using var command = _database.DataSource.CreateCommand("""
            select open, high, low, close, volume, time, seq
            from market_data
            where symbol = $1 and timeframe = '1m'
            order by time desc
            limit 1
            """);
        command.Parameters.Add(new() { Value = symbol });
        await using var rows = await command.ExecuteReaderAsync();
        return !await rows.ReadAsync() ? null : JsonSerializer.Serialize(new
        {
            symbol,
            timeframe = "1m",
            open = rows.GetDecimal(0),
            high = rows.GetDecimal(1),
            low = rows.GetDecimal(2),
            close = rows.GetDecimal(3),
            volume = rows.GetDecimal(4),
            timestamp = new DateTimeOffset(rows.GetDateTime(5)),
            seq = rows.GetInt64(6),
        });
    }

    private Task HangUpAsync() => CommandAsync("CLIENT", "KILL", "TYPE", "pubsub");

    private async Task KillGatewayAsync()
    {
        // One of them always answers; otherwise it would be an outage, and nothing to learn from it.
        await UntilAsync(async () => await IsUpAsync(_gateways[0]) && await IsUpAsync(_gateways[1]), "a killed gateway does not come back");
        var victim = _gateways[_random.Next(2)];
        await victim.KillAsync();
        victim.Start();
    }

    private async Task KillLeaderAsync()
    {
        PlatformProcess? leader = null;
        await UntilAsync(
            async () =>
            {
                foreach (var ingestor in _ingestors)
                {
                    if ((await ingestor.HealthAsync())?.Contains("\"leader\"", StringComparison.Ordinal) == true)
                    {
                        leader = ingestor;
                    }
                }

                return leader is not null;
            },
            "no ingestor leads");
        await leader!.KillAsync();
        leader.Start();
    }

    private async Task<HashSet<string>> SubscribedAsync()
    {
        var clients = (string?)await CommandAsync("CLIENT", "LIST", "TYPE", "pubsub") ?? "";
        return [.. clients.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
    }

    // A server that was just started has to be found again by our connection first.
    private async Task<RedisResult> CommandAsync(string command, params string[] arguments)
    {
        RedisResult? result = null;
        await UntilAsync(
            async () =>
            {
                try
                {
                    result = await _redis.Connection.GetDatabase().ExecuteAsync(command, [.. arguments]);
                    return true;
                }
                catch (Exception away) when (away is RedisConnectionException or RedisTimeoutException or TimeoutException)
                {
                    return false;
                }
            },
            "Redis does not answer");
        return result!;
    }

    private async Task<DateTimeOffset> MarketTimeAsync()
    {
        var clock = await _admin.GetFromJsonAsync<JsonElement>("/v2/clock");
        return clock.GetProperty("timestamp").GetDateTimeOffset();
    }

    private async Task<List<SourceBar>> StoredAsync(string symbol)
    {
        await using var command = _database.DataSource.CreateCommand("""
            select time, open, high, low, close, volume
            from market_data
            where symbol = $1 and timeframe = '1m'
            order by seq
            """);
        command.Parameters.Add(new() { Value = symbol });
        await using var rows = await command.ExecuteReaderAsync();
        var bars = new List<SourceBar>();
        while (await rows.ReadAsync())
        {
            bars.Add(new SourceBar(
                new DateTimeOffset(rows.GetDateTime(0)), rows.GetDecimal(1), rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDecimal(4), rows.GetDecimal(5)));
        }

        return bars;
    }

    /// <summary>What the strategy was told, from the number after which it began; each piece of tape has to go on where the one before ends.</summary>
    private async Task<(long FirstSeq, List<SourceBar> Bars)> TapedAsync(string symbol)
    {
        await using var command = _database.DataSource.CreateCommand("""
            select s.first_seq, t.first_seq, t.bars
            from sessions s
            join session_tape_bars t on t.session_id = s.id
            where s.symbol = $1
            order by t.first_seq
            """);
        command.Parameters.Add(new() { Value = symbol });
        await using var rows = await command.ExecuteReaderAsync();
        var (firstSeq, bars) = (0L, new List<SourceBar>());
        while (await rows.ReadAsync())
        {
            firstSeq = rows.GetInt64(0);
            Assert.Equal(firstSeq + bars.Count + 1, rows.GetInt64(1));
            var tape = rows.GetFieldValue<byte[]>(2);
            Assert.Equal(0, tape.Length % TapedBarSize);
            for (var at = 0; at < tape.Length; at += TapedBarSize)
            {
                bars.Add(new SourceBar(
                    DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(tape.AsSpan(at))),
                    Number(tape, at + 8), Number(tape, at + 16), Number(tape, at + 24), Number(tape, at + 32), Number(tape, at + 40)));
            }
        }

        return (firstSeq, bars);

        static decimal Number(byte[] tape, int at) => (decimal)BinaryPrimitives.ReadDoubleLittleEndian(tape.AsSpan(at));
    }

    // Strategies see doubles, which have fifteen digits.
    private static SourceBar Rounded(SourceBar bar) => new(
        bar.At, Round(bar.Open), Round(bar.High), Round(bar.Low), Round(bar.Close), Round(bar.Volume));

    private static decimal Round(decimal value) => (decimal)(double)value;

    private async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(LookEvery);
        while (!await condition())
        {
            if (patience.IsCancellationRequested || _exchange?.HasExited == true)
            {
                Assert.Fail($"{_trial}: {otherwise}. {Describe()}\n{string.Join("\n\n", All.Select(process => process.LastWords))}");
            }

            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
