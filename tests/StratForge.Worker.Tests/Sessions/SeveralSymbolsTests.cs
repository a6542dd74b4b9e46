using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Tests.Replays;

namespace StratForge.Worker.Tests.Sessions;

public sealed class SeveralSymbolsTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const int History = 12;

    // What it buys depends on every bar it was told, of which symbol, and in which order.
    private const string InOrder = """
        using StratForge.Strategies;
        public sealed class InOrder : Strategy
        {
            [Param] public string Other { get; init; } = "";
            private int _told;
            public override void OnStart() { Subscribe(Symbol); Subscribe(Other); }
            public override Signal? OnBar(Bar bar)
            {
                _told = ((_told * 31) + (int)(bar.Close * 2) + (bar.Symbol == Symbol ? 1 : 7)) % 1000003;
                return Buy(1 + _told, symbol: bar.Symbol, metadata: new { minute = bar.OpensAtMs / 60000 % 1000 });
            }
        }
        """;

    // Bars of one minute are published one after the other: on a busy machine the second is late, and must be waited for.
    private static readonly (string Key, string Value) OnTime = ("Worker:SymbolPatience", "00:00:30");

    private readonly Replaying _replaying = new(platform);

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => platform.ForgetSessionsAsync();

    [Fact]
    public async Task The_pairs_template_trades_two_symbols_alike_in_both_languages_across_a_killed_worker_and_replays_identically()
    {
        var (symbol, other) = (platform.NewSymbol(), platform.NewSymbol());
        await MinutesAsync(symbol, other, 1, History);
        Guid[] sessions;
        using (var first = WorkerProcess.Start(platform, OnTime))
        {
            sessions =
            [
                await platform.StartSessionAsync(
                    symbol, "csharp", Template("Pairs.cs"), parameters: $$"""{"Other":"{{other}}","Period":10,"Enter":1.5,"Leave":0.5}"""),
                await platform.StartSessionAsync(
                    symbol, "python", Template("pairs.py"), parameters: $$"""{"other":"{{other}}","period":10,"enter":1.5,"leave":0.5}"""),
            ];
            foreach (var session in sessions)
            {
                await platform.StatusBecomesAsync(session, "RUNNING");
            }

            Assert.True(await platform.Redis.Connection.GetDatabase().SetContainsAsync(Topics.ActiveStocks, other));
            // The other one is cheap at minute 25 and dear at minute 30.
            await MinutesAsync(symbol, other, History + 1, 26);
            await FillAsync(sessions, 26, fills: 1);
            await MinutesAsync(symbol, other, 27, 29);
            await FillAsync(sessions, 29, fills: 2);
            await MinutesAsync(symbol, other, 30, 34);
            await platform.BarAsync(symbol, 35, Price(35).Own);
            await first.KillAsync();
        }

        // While nobody runs them one symbol is ahead of the other.
        await platform.BarAsync(symbol, 36, Price(36).Own, publish: false);
        await platform.BarAsync(other, 35, Price(35).Others, publish: false);
        await using var second = await RunningWorker.StartAsync(platform, OnTime);
        await platform.BarAsync(other, 36, Price(36).Others);
        await FillAsync(sessions, 36, fills: 3);
        await MinutesAsync(symbol, other, 37, 44);
        await SettledAsync(sessions, 44);

        var signals = sessions.Select(Said).ToArray();
        Assert.Equal(signals[0], signals[1]);
        Assert.Equal([$"Buy {other}", $"Sell {other}", $"Buy {symbol}", $"Sell {symbol}"], signals[0].Select(said => string.Join(' ', said.Split(' ').Take(2))));
        Assert.All(sessions, session => Assert.All(
            platform.SignalsOf(session).GroupBy(signal => signal.SignalId), repeats => Assert.Single(repeats.Select(Said).Distinct())));

        // No bar left out, none told twice.
        Assert.Equal(0, await platform.Database.ValueAsync<long>("""
            select count(*)
            from session_tape_bars t
            join sessions s on s.id = t.session_id
            where s.id = any ($1) and octet_length(t.sources) is distinct from octet_length(t.bars) / 56 * 9
            """, sessions));
        var replays = new List<ReplayResult>();
        foreach (var session in sessions)
        {
            await _replaying.RecordAsync(session);
            replays.Add(await _replaying.ReplayAsync(session));
            Assert.Null(replays[^1].FirstDifference);
            Assert.Equal(2L * (44 - History), replays[^1].Bars);
        }

        Assert.Equal(replays[0].RunHash, replays[1].RunHash);
        Assert.Equal(0, await platform.Database.ValueAsync<long>("select count(*) from session_logs where session_id = any ($1) and level <> 'info'", sessions));

        // The second symbol's bar of minute 20.
        await _replaying.FlipAsync(sessions[0], NumberOf(20));
        await _replaying.DiffersAsync(sessions[0], $"bar {NumberOf(20)} ({other})", "close");
    }

    [Fact]
    public async Task A_symbol_that_is_silent_is_waited_for_and_then_not_and_whoever_takes_over_keeps_to_that_order()
    {
        var (symbol, other) = (platform.NewSymbol(), platform.NewSymbol());
        await MinutesAsync(symbol, other, 1, 2);
        Guid session;
        await using (await RunningWorker.StartAsync(platform, ("Worker:SymbolPatience", "00:00:02")))
        {
            session = await platform.StartSessionAsync(symbol, "csharp", InOrder, parameters: $$"""{"Other":"{{other}}"}""");
            await platform.StatusBecomesAsync(session, "RUNNING");

            // The other one is first in time: nothing has to be waited for.
            await platform.BarsAsync(other, 3, 3);
            await platform.BarsAsync(symbol, 3, 5);
            await platform.SignalsAsync(session, 4);

            // Two bars late.
            await platform.BarsAsync(other, 4, 6);
            await platform.BarsAsync(symbol, 6, 6);
            await platform.SignalsAsync(session, 8);
        }

        string[] told = [$"{symbol} 3", $"{other} 3", $"{symbol} 4", $"{symbol} 5", $"{other} 4", $"{other} 5", $"{symbol} 6", $"{other} 6"];
        Assert.Equal(told, platform.SignalsOf(session).Select(MinuteOf));
        Assert.Equal(Enumerable.Range(3, 8).Select(number => (long)number), platform.SignalsOf(session).Select(signal => signal.EventSeq));

        // With nothing suppressed, and all bars there from the beginning: by their time alone they would be told in another order.
        await platform.Database.ExecuteAsync("update sessions set processed_seq = null where id = $1", session);
        await using var next = await RunningWorker.StartAsync(platform, ("Worker:SymbolPatience", "00:00:02"));
        await platform.BarsAsync(symbol, 7, 7);
        await platform.BarsAsync(other, 7, 7);
        await platform.SignalsAsync(session, 10);

        var signals = platform.SignalsOf(session);
        Assert.Equal([.. told, $"{symbol} 7", $"{other} 7"], signals.Skip(8).Select(MinuteOf));
        Assert.All(signals.GroupBy(signal => signal.SignalId), repeats => Assert.Single(repeats.Select(Said).Distinct()));
    }

    [Theory]
    [InlineData("", "no further symbol")]
    [InlineData("OTHER", "OTHER")]
    public async Task A_strategy_that_names_other_symbols_when_it_is_started_again_fails(string later, string named)
    {
        const string Choosing = """
            class Choosing(Strategy):
                other = param("")

                def on_start(self):
                    if self.other:
                        self.subscribe(self.other)

                def on_bar(self, bar):
                    return self.buy(1)
            """;
        var (symbol, other) = (platform.NewSymbol(), platform.NewSymbol());
        await MinutesAsync(symbol, other, 1, 1);
        Guid session;
        await using (await RunningWorker.StartAsync(platform))
        {
            session = await platform.StartSessionAsync(symbol, "python", Choosing, parameters: $$"""{"other":"{{other}}"}""");
            await platform.StatusBecomesAsync(session, "RUNNING");
            await MinutesAsync(symbol, other, 2, 2);
            await platform.SignalsAsync(session, 1);
        }

        await platform.Database.ExecuteAsync("update sessions set parameters = jsonb_build_object('other', $2) where id = $1", session, later);
        await using var next = await RunningWorker.StartAsync(platform);
        await platform.StatusBecomesAsync(session, "FAILED");

        Assert.StartsWith(
            $"STRATEGY_ERROR: The strategy subscribes to {named}; when it began it subscribed to {other}.", await platform.FailureAsync(session), StringComparison.Ordinal);
    }

    private async Task MinutesAsync(string symbol, string other, int first, int last)
    {
        for (var minute = first; minute <= last; minute++)
        {
            var (own, others) = Price(minute);
            if (minute % 2 == 0)
            {
                await platform.BarAsync(symbol, minute, own);
                await platform.BarAsync(other, minute, others);
            }
            else
            {
                await platform.BarAsync(other, minute, others);
                await platform.BarAsync(symbol, minute, own);
            }
        }
    }

    // A ratio of about two that now and then strays to either side.
    private static (decimal Own, decimal Others) Price(int minute)
    {
        var stray = (minute % 9) switch { 3 => 1.2m, 7 => -1.2m, var near => near * 0.02m };
        return (200 + (minute * 0.1m), 100 + (minute * 0.05m) + stray);
    }

    // Two in each minute after the history, the session's own symbol first: this is the second.
    private static long NumberOf(int minute) => History + (2L * (minute - History));

    private async Task SettledAsync(Guid[] sessions, int minute) => await Platform.EventuallyAsync(
        () => platform.Database.ValueAsync<bool>(
            "select count(*) = 2 from sessions where id = any ($1) and processed_seq = $2", sessions, NumberOf(minute)),
        async () => await platform.Database.ValueAsync<string>(
            "select string_agg(concat_ws(' ', status, processed_seq, failure_code, failure_detail), '; ') from sessions where id = any ($1)", sessions) ?? "");

    // Fills what was ordered last, at a place that is the same in every run: behind all bars of a minute.
    private async Task FillAsync(Guid[] sessions, int minute, int fills)
    {
        await SettledAsync(sessions, minute);
        foreach (var session in sessions)
        {
            var last = platform.SignalsOf(session).DistinctBy(signal => signal.SignalId).Last();
            await platform.OrderEventAsync(session, Filled(last));
        }

        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>("select count(*) = 2 from sessions where id = any ($1) and processed_event_id = $2", sessions, (long)fills),
            () => Task.FromResult($"fill {fills} was not told"));
    }

    private string[] Said(Guid session) => [.. platform.SignalsOf(session).DistinctBy(signal => signal.SignalId).Select(Said)];

    private static string Said(ExecuteSignal signal) =>
        $"{signal.Action} {signal.Symbol} {signal.Quantity} at {signal.EventKind} {signal.EventSeq}/{signal.Ordinal} {signal.GeneratedAt:O} {signal.Metadata}";

    private static string MinuteOf(ExecuteSignal signal) =>
        $"{signal.Symbol} {signal.Metadata!.Value.GetProperty("minute").GetInt64() - (Platform.Opening.ToUnixTimeSeconds() / 60 % 1000)}";

    private static string Template(string name)
    {
        using var source = new StreamReader(typeof(SeveralSymbolsTests).Assembly.GetManifestResourceStream(name)!);
        return source.ReadToEnd();
    }

    private static OrderEvent Filled(ExecuteSignal signal) => new(
        signal.SignalId, signal.SignalId, signal.Symbol, signal.Action, "filled", signal.Quantity, signal.Quantity, 100, null, null,
        signal.Action == Side.Buy ? new PositionView(signal.Quantity, 100) : new PositionView(0, 0), 99_000);
}
