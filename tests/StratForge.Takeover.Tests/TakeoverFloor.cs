using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Tests;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;

namespace StratForge.Takeover.Tests;

/// <summary>Two workers with real hosts, a real gateway, real stores, a market and a venue that fills at once; and what must hold of them.</summary>
internal sealed class TakeoverFloor : IAsyncDisposable
{
    // A user may have so many.
    private const int SessionsPerUser = 20;

    // Every fifth session is in Python, every fourth has two symbols.
    private const int PythonEvery = 5;
    private const int PairEvery = 4;

    // Number of the last event of a session when the last bar of every symbol has the number in place of {0}.
    private const string NumberOf = """
        ({0} + coalesce((select sum({0} - y.first_seq) from session_symbols y where y.session_id = s.id), 0))::bigint
        """;

    // A signal on the first bar of a session and on every third after it, so that it can be computed from outside.
    private const int BarsPerSignal = 3;
    private const string CSharp = """
        public sealed class EveryThird : Strategy
        {
            [Param] public bool Pair { get; init; }
            private int _bars;
            private int _fills;
            public override void OnStart()
            {
                if (Pair) { Subscribe(Symbol == "SPY" ? "AAPL" : "SPY"); Subscribe(Symbol); }
            }
            public override Signal? OnBar(Bar bar) => _bars++ % 3 == 0 ? Buy(1 + Random.NextInt(0, 3) + (_fills % 2), symbol: bar.Symbol) : null;
            public override void OnFill(Fill fill) => _fills++;
        }
        """;

    private const string Python = """
        class EveryThird(Strategy):
            pair = param(False)

            def on_start(self):
                if self.pair:
                    self.subscribe("AAPL" if self.symbol == "SPY" else "SPY")
                    self.subscribe(self.symbol)
                self.seen = 0
                self.filled = 0

            def on_bar(self, bar):
                self.seen += 1
                if self.seen % 3 == 1:
                    return self.buy(1 + self.random.next_int(0, 3) + self.filled % 2, symbol=bar.symbol)

            def on_fill(self, fill):
                self.filled += 1
        """;

    private static readonly string[] Symbols = ["SPY", "AAPL", "MSFT"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Trial _trial;
    private readonly Random _random;
    private readonly FreshDatabase _database = new();
    private readonly FreshRedis _redis = new();
    private readonly PaperVenue _venue = new(TimeProvider.System) { FillsAt = 5, Listed = Symbols };
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<(Client Owner, Guid Id)> _sessions = [];
    private readonly TakeoverTimes _times = new();
    private readonly CancellationTokenSource _closing = new();
    private RunningGateway? _gateway;
    private Market? _market;
    private Task _bars = Task.CompletedTask;

    private TakeoverFloor(Trial trial)
    {
        _trial = trial;
        _random = new Random(trial.Seed);
    }

    public static async Task<TakeoverFloor> OpenAsync(Trial trial)
    {
        var floor = new TakeoverFloor(trial);
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

    /// <summary>Kills workers while bars come, each time one that has sessions, and starts another in its place.</summary>
    public async Task RunAsync()
    {
        _bars = FeedAsync(_closing.Token);
        for (var kill = 0; kill < _trial.Kills; kill++)
        {
            // Any moment will do: while it runs, while it takes over, while sessions are handed to it.
            var moment = _market!.LastSeq + _random.Next(1, 5);
            await UntilAsync(() => Task.FromResult(_market.LastSeq >= moment), "no bars come");
            var candidates = new List<WorkerProcess>();
            foreach (var worker in _workers)
            {
                if (await HeldAsync(worker) > 0)
                {
                    candidates.Add(worker);
                }
            }

            await KillAsync(candidates[_random.Next(candidates.Count)]);
        }

        await _closing.CancelAsync();
        await _bars;
    }

    /// <summary>Waits until every session has settled the last bar, and all its orders are over.</summary>
    public async Task SettleAsync()
    {
        var last = _market!.LastSeq;
        await UntilAsync(
            () => _database.ValueAsync<bool>(
                $"select count(*) = 0 from sessions s where ended_at is null and coalesce(processed_seq, 0) < {Number(last)}"),
            "a session has not come to the last bar");
        await UntilAsync(
            () => _database.ValueAsync<bool>("""
                select (select count(*) = 0 from orders where status in ('held', 'accepted', 'new', 'partially_filled'))
                   and (select count(*) = 0 from signals where status in ('ACCEPTED', 'PARTIAL'))
                """),
            "an order is still open");
        await UntilAsync(
            () => _database.ValueAsync<bool>("""
                select count(*) = 0 from sessions s
                where coalesce(s.processed_event_id, 0) < coalesce(
                    (select max(e.id) from user_events e where e.session_id = s.id and e.kind in ('order', 'fill')), 0)
                """),
            "a session was not told of all its orders");
    }

    /// <summary>What must hold, whoever was killed when.</summary>
    public async Task CheckAsync()
    {
        var last = _market!.LastSeq;
        Assert.Equal(_trial.Sessions, await _database.ValueAsync<long>("select count(*) from sessions where status = 'RUNNING' and ended_at is null"));
        Assert.All(_workers, worker => Assert.False(worker.HasExited, worker.LastWords));

        // One signal for every third bar from a session's first, none missing, none twice, none else.
        Assert.Equal(0, await _database.ValueAsync<long>($"""
            with expected as (
                select s.id, b.seq
                from sessions s
                cross join lateral generate_series(s.first_seq + 1, {Number(last)}, {BarsPerSignal}) as b (seq))
            select count(*)
            from expected e
            full join signals g on g.session_id = e.id and g.event_kind = 1 and g.event_seq = e.seq and g.ordinal = 0
            where e.id is null or g.id is null
            """));

        // Orders are signals, one to one; each was filled once, and the venue has as many units as they are for.
        Assert.Equal(0, await _database.ValueAsync<long>("""
            select count(*)
            from signals g
            full join orders o on o.signal_id = g.id
            where g.id is null or o.id is null or g.order_id <> o.id or g.status <> 'EXECUTED' or o.status <> 'filled' or o.quantity <> g.quantity
            """));
        Assert.Equal(await _database.ValueAsync<decimal>("select sum(quantity) from orders"), _venue.Executions.Sum(execution => execution.Units));
        Assert.Equal(await _database.ValueAsync<decimal>("select sum(quantity) from orders"), await _database.ValueAsync<decimal>("select sum(quantity) from trades"));

        // No bar skipped, none told twice: the tape of each session is one row of numbers without a gap.
        Assert.Equal(0, await _database.ValueAsync<long>("""
            select count(*)
            from (
                select s.id, s.first_seq as first, s.processed_seq as last, t.first_seq as at, octet_length(t.bars) / 56 as count,
                       lag(t.first_seq + octet_length(t.bars) / 56, 1, s.first_seq + 1) over (partition by s.id order by t.first_seq) as expected
                from sessions s
                left join session_tape_bars t on t.session_id = s.id) as tape
            where at is distinct from expected
            """));
        Assert.Equal(0, await _database.ValueAsync<long>("""
            select count(*)
            from sessions s
            where s.processed_seq - s.first_seq <>
                  (select coalesce(sum(octet_length(t.bars) / 56), 0) from session_tape_bars t where t.session_id = s.id)
            """));

        // Of two symbols as well: each bar of either once, in its order.
        Assert.Equal(_trial.Sessions / PairEvery, await _database.ValueAsync<long>("select count(distinct session_id) from session_symbols"));
        Assert.Equal(0, await _database.ValueAsync<long>($"""
            with told as (
                select t.session_id, t.first_seq, i, get_byte(t.sources, i * 9) as place, get_byte(t.sources, i * 9 + 1) + 256 * get_byte(t.sources, i * 9 + 2) as seq
                from session_tape_bars t
                cross join lateral generate_series(0, octet_length(t.sources) / 9 - 1) as i),
            steps as (
                select session_id, place, seq, lag(seq) over (partition by session_id, place order by first_seq, i) as before from told)
            select count(*)
            from steps
            join sessions s on s.id = steps.session_id
            left join session_symbols y on y.session_id = s.id and y.place = steps.place
            where seq <> coalesce(before, y.first_seq, s.first_seq) + 1
            """));

        // Whoever took over found that the strategy did the same again.
        Assert.Equal(0, await _database.ValueAsync<long>("select count(*) from session_logs where level in ('warning', 'error')"));
        await CheckReplaysAsync();
        Assert.Empty(_gateway!.Faults.Logged);
        Assert.True(_times.LongestClaim < 10, $"a session waited {_times.LongestClaim:F1} s for another worker: {_times}");
    }

    /// <summary>A row of docs/takeover.md.</summary>
    public async Task<string> DescribeAsync()
    {
        var signals = await _database.ValueAsync<long>("select count(*) from signals");
        var orders = await _database.ValueAsync<long>("select count(*) from orders");
        var bars = await _database.ValueAsync<decimal>("select sum(processed_seq - first_seq) from sessions");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {_trial.Seed} | {_trial.Sessions} | {_trial.Kills} | {_times.Count} | {bars:F0} | {signals} | {orders} | {_times} |");
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _bars.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _workers.ForEach(worker => worker.Dispose());
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await _redis.DisposeAsync();
        await _database.DisposeAsync();
        _closing.Dispose();
    }

    private async Task OpenAsync()
    {
        await Task.WhenAll(_database.InitializeAsync(), _redis.InitializeAsync());
        _market = new Market(_database, _redis, Symbols, new Random(_trial.Seed + 1));
        for (var i = 0; i < 5; i++)
        {
            await _market.NextAsync();
        }

        _gateway = await RunningGateway.StartAsync(_database, _redis, services =>
        {
            services.RemoveAll<IBroker>();
            services.AddSingleton<IBroker>(_venue);
        });
        var house = await _gateway.NewAdminAsync(_database);
        await house.PutForAsync("/api/admin/risk", new { allowShorting = true });
        _workers.Add(StartWorker());
        _workers.Add(StartWorker());
        await StartSessionsAsync();
        await UntilAsync(
            () => _database.ValueAsync<bool>("select count(*) = $1 from sessions where status = 'RUNNING'", (long)_trial.Sessions),
            "not all sessions run");
    }

    private async Task StartSessionsAsync()
    {
        while (_sessions.Count < _trial.Sessions)
        {
            var owner = await _gateway!.NewUserAsync();
            var csharp = await NewStrategyAsync(owner, "csharp", CSharp);
            var python = await NewStrategyAsync(owner, "python", Python);
            for (var i = 0; i < SessionsPerUser && _sessions.Count < _trial.Sessions; i++)
            {
                var isPython = _sessions.Count % PythonEvery == PythonEvery - 1;
                var isPair = _sessions.Count % PairEvery == PairEvery - 1;
                var session = await owner.PostForAsync("/api/sessions", new
                {
                    symbol = Symbols[_sessions.Count % Symbols.Length],
                    strategyId = isPython ? python : csharp,
                    parameters = new Dictionary<string, bool>(StringComparer.Ordinal) { [isPython ? "pair" : "Pair"] = isPair },
                });
                _sessions.Add((owner, session.GetProperty("data").GetProperty("session").GetProperty("id").GetGuid()));
            }
        }
    }

    private static string Number(long seq) => NumberOf.Replace("{0}", seq.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static async Task<Guid> NewStrategyAsync(Client owner, string language, string code)
    {
        var strategy = await owner.PostForAsync("/api/strategies", new { name = $"Every third in {language}", language, symbol = "SPY", code });
        return strategy.GetProperty("id").GetGuid();
    }

    private WorkerProcess StartWorker() => WorkerProcess.Start(_database.ConnectionString, _redis.ConnectionString, _gateway!.InternalAddress);

    private async Task FeedAsync(CancellationToken closing)
    {
        using var timer = new PeriodicTimer(_trial.BarEvery);
        while (!closing.IsCancellationRequested)
        {
            await _market!.NextAsync();
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task KillAsync(WorkerProcess victim)
    {
        var orphans = await HeldByAsync(victim);
        var victimId = victim.Id.ToString(CultureInfo.InvariantCulture);
        await victim.KillAsync();
        var killedAt = TimeProvider.System.GetTimestamp();
        var lastBar = _market!.LastSeq;
        _workers.Remove(victim);
        victim.Dispose();
        _workers.Add(StartWorker());

        var (waiting, standing) = (new HashSet<Guid>(orphans), new HashSet<Guid>(orphans));
        await UntilAsync(
            async () =>
            {
                var (claimed, resumed) = await LookAsync([.. standing], victimId, lastBar);
                var after = TimeProvider.System.GetElapsedTime(killedAt);
                claimed.FindAll(waiting.Remove).ForEach(_ => _times.Claimed(after));
                resumed.FindAll(standing.Remove).ForEach(_ => _times.Resumed(after));
                return standing.Count == 0;
            },
            "sessions of a killed worker did not go on");
    }

    private async Task<(List<Guid> Claimed, List<Guid> Resumed)> LookAsync(Guid[] sessions, string victim, long lastBar)
    {
        await using var command = _database.DataSource.CreateCommand($"""
            select id, lease_owner is not null and split_part(lease_owner, '/', 2) <> $2, coalesce(processed_seq, 0) > {Number(lastBar)}
            from sessions s
            where id = any ($1)
            """);
        command.Parameters.Add(new() { Value = sessions });
        command.Parameters.Add(new() { Value = victim });
        await using var rows = await command.ExecuteReaderAsync();
        var (claimed, resumed) = (new List<Guid>(), new List<Guid>());
        while (await rows.ReadAsync())
        {
            if (rows.GetBoolean(1))
            {
                claimed.Add(rows.GetGuid(0));
            }

            if (rows.GetBoolean(2))
            {
                resumed.Add(rows.GetGuid(0));
            }
        }

        return (claimed, resumed);
    }

    private Task<long> HeldAsync(WorkerProcess worker) => _database.ValueAsync<long>(
        "select count(*) from sessions where ended_at is null and split_part(lease_owner, '/', 2) = $1", worker.Id.ToString(CultureInfo.InvariantCulture));

    private async Task<IReadOnlyList<Guid>> HeldByAsync(WorkerProcess worker)
    {
        await using var command = _database.DataSource.CreateCommand(
            "select id from sessions where ended_at is null and split_part(lease_owner, '/', 2) = $1");
        command.Parameters.Add(new() { Value = worker.Id.ToString(CultureInfo.InvariantCulture) });
        await using var rows = await command.ExecuteReaderAsync();
        var held = new List<Guid>();
        while (await rows.ReadAsync())
        {
            held.Add(rows.GetGuid(0));
        }

        return held;
    }

    // One session in C# and one in Python, both of which changed hands if any did.
    private async Task CheckReplaysAsync()
    {
        foreach (var (owner, session) in _sessions.Skip(PythonEvery - 2).Take(2))
        {
            var asked = await owner.PostForAsync($"/api/sessions/{session}/replay");
            var path = $"/api/sessions/{session}/replays/{asked.GetProperty("id").GetGuid()}";
            JsonElement replay = default;
            await UntilAsync(
                async () =>
                {
                    replay = await owner.GetAsync(path);
                    return replay.GetProperty("status").GetString() is not ("QUEUED" or "RUNNING");
                },
                "a replay does not end");
            Assert.True(replay.GetProperty("result").GetProperty("identical").GetBoolean(), replay.GetRawText());
            Assert.True(replay.GetProperty("result").GetProperty("fills").GetInt64() > 0, replay.GetRawText());
        }
    }

    private async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(LookEvery);
        while (!await condition())
        {
            var failed = await _database.ValueAsync<string>(
                "select string_agg(distinct failure_code || ': ' || failure_detail, '; ') from sessions where status = 'FAILED'");
            if (patience.IsCancellationRequested || failed is not null)
            {
                Assert.Fail($"{_trial}: {otherwise}. {failed}\n{string.Join("\n\n", _workers.Select(worker => worker.LastWords))}");
            }

            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
