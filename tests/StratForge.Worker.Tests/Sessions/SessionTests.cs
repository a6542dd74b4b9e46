using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Worker.Tests.Sessions;

public sealed class SessionTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const string BuyEachBarInCSharp = """
        using StratForge.Strategies;
        public sealed class EachBar : Strategy
        {
            public override Signal? OnBar(Bar bar) { Log("bar closed at " + bar.Close); return Buy(1, confidence: 0.5); }
        }
        """;

    private const string BuyEachBarInPython = """
        from stratforge import *

        class EachBar(Strategy):
            def on_bar(self, bar):
                return self.buy(2)
        """;

    // What it buys depends on everything it was told so far, in which order, and on its own random numbers.
    private const string BuyByWhatItKnows = """
        using StratForge.Strategies;
        public sealed class Knowing : Strategy
        {
            private int _fills;
            private double _last;
            public override Signal? OnBar(Bar bar)
            {
                _last = bar.Close;
                return Buy(1 + (_fills * 100) + System.Math.Floor(bar.Close) + Random.NextInt(0, 1000000));
            }
            public override void OnFill(Fill fill)
            {
                _fills++;
                Buy(System.Math.Floor(_last) * 1000 + Position.Quantity);
            }
        }
        """;

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Strategies_in_both_languages_trade_on_every_bar_after_their_start_and_on_no_other()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 3);
        await using var worker = await RunningWorker.StartAsync(platform);
        var csharp = await platform.StartSessionAsync(symbol, "csharp", BuyEachBarInCSharp);
        var python = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython);
        await platform.StatusBecomesAsync(csharp, "RUNNING");
        await platform.StatusBecomesAsync(python, "RUNNING");

        await platform.BarsAsync(symbol, 4, 8);

        foreach (var (session, quantity) in new[] { (csharp, 1m), (python, 2m) })
        {
            var signals = await platform.SignalsAsync(session, 5);
            Assert.Equal([4L, 5, 6, 7, 8], signals.Select(signal => signal.EventSeq));
            Assert.All(signals, signal =>
            {
                Assert.Equal(SignalIds.Derive(session, SessionEventKind.Bar, signal.EventSeq, 0), signal.SignalId);
                Assert.Equal((symbol, Side.Buy, quantity, 1L), (signal.Symbol, signal.Action, signal.Quantity, signal.LeaseEpoch));
                Assert.Equal(Platform.Opening.AddMinutes(signal.EventSeq + 1), signal.GeneratedAt);
            });
        }

        Assert.Contains("\"csharp\":\"caged\"", await worker.HealthAsync(), StringComparison.Ordinal);
        await Platform.EventuallyAsync(
            async () => await platform.Database.ValueAsync<long>("select count(*) from session_logs where session_id = $1 and message like 'bar closed at %'", csharp) == 5,
            () => Task.FromResult("the strategy's log is not there"));
        await StopAllAsync(csharp, python);
    }

    [Fact]
    public async Task What_a_strategy_takes_back_keeps_and_plots_reaches_the_platform_and_what_is_not_fed_is_said()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 3);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", """
            class Keeping(Strategy):
                def on_start(self):
                    self.subscribe_quotes("QQQ")

                def on_bar(self, bar):
                    self.cancel_all()
                    self.state["bars"] = self.state.get("bars", 0) + 1
                    self.plot("bars", self.state["bars"])
                    self.mark("here", 5)
                    return self.buy(1, stop_loss=0.5)
            """);
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.BarsAsync(symbol, 4, 5);
        var signals = await platform.SignalsAsync(session, 2);

        Assert.All(signals, signal => Assert.Equal((0.5m, "oto"), (signal.StopLoss, signal.OrderClass)));
        Assert.Equal(
            [(null, SessionEventKind.Bar, 4L, 0), (null, SessionEventKind.Bar, 5L, 1)],
            platform.CancelsOf(session).Select(cancel => (cancel.Wish.OrderIds, cancel.Wish.EventKind, cancel.Wish.EventSeq, cancel.SignalsBefore)));
        await ReadsAsync(
            """{"bars": 2} 2""",
            "select (state_metadata #> '{state,value}')::text || ' ' || (state_metadata #>> '{plots,bars,value}') from sessions where id = $1");
        await ReadsAsync(
            $"This session is fed the bars of {symbol}; quotes of QQQ do not come.|mark at 5: here|mark at 5: here",
            "select string_agg(message, '|' order by id) from session_logs where session_id = $1");

        // Both are written within a second.
        async Task ReadsAsync(string expected, string query)
        {
            var found = "";
            await Platform.EventuallyAsync(
                async () => (found = await platform.Database.ValueAsync<string>($"select coalesce(({query}), '')", session)) == expected,
                () => Task.FromResult($"'{found}' instead of '{expected}'"));
        }
    }

    [Fact]
    public async Task A_strategy_whose_history_is_short_is_told_for_how_long_it_will_wait()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 3);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", """
            class Slow(Strategy):
                def on_start(self):
                    self.mean = sma(20)

                def on_bar(self, bar):
                    pass
            """);
        await platform.StatusBecomesAsync(session, "RUNNING");

        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>(
                "select exists (select from session_logs where session_id = $1 and message = $2)",
                session, $"History: 3 of 20 bars of {symbol} are fed; the first call may take 17 more."),
            () => Task.FromResult("it is not in the log"));
        await StopAllAsync(session);
    }

    [Fact]
    public async Task Bars_that_the_bus_lost_are_read_from_storage()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython);
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.BarsAsync(symbol, 2, 4, publish: false);
        await platform.BarsAsync(symbol, 5, 5);
        await platform.SignalsAsync(session, 4);
        await platform.BarsAsync(symbol, 6, 7, publish: false);

        Assert.Equal([2L, 3, 4, 5, 6, 7], (await platform.SignalsAsync(session, 6)).Select(signal => signal.EventSeq));
        await StopAllAsync(session);
    }

    [Fact]
    public async Task A_bus_that_is_restarted_costs_no_bar()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython);
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.Redis.KillAsync();
        await platform.BarsAsync(symbol, 2, 3, publish: false);
        await platform.SignalsAsync(session, 2);
        await platform.Redis.StartAgainAsync();
        await platform.BusIsBackAsync();
        await platform.BarsAsync(symbol, 4, 5);

        Assert.Equal([2L, 3, 4, 5], (await platform.SignalsAsync(session, 4)).Select(signal => signal.EventSeq));
        await StopAllAsync(session);
    }

    [Fact]
    public async Task A_host_gives_way_to_services()
    {
        const string Group = "autogroup";
        if (!File.Exists($"/proc/self/{Group}"))
        {
            // A kernel without such groups has nothing to weigh.
            return;
        }

        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 2);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython);
        await platform.StatusBecomesAsync(session, "RUNNING");
        await platform.BarsAsync(symbol, 3, 3);
        await platform.SignalsAsync(session, 1);

        Assert.Contains(WorkerProcess.ChildrenOf(Environment.ProcessId), host => GroupOf(host).EndsWith("nice 5", StringComparison.Ordinal));

        static string GroupOf(int host)
        {
            try
            {
                return File.ReadAllText($"/proc/{host}/{Group}").Trim();
            }
            catch (IOException)
            {
                // It ended: it only tried whether the cage holds.
                return "";
            }
        }
    }

    [Fact]
    public async Task A_worker_killed_at_any_moment_leaves_signals_that_the_next_one_completes_and_repeats_only_alike()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 2);
        using var first = WorkerProcess.Start(platform);
        var session = await platform.StartSessionAsync(symbol, "csharp", BuyByWhatItKnows);
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.BarsAsync(symbol, 3, 6);
        await platform.OrderEventAsync(session, Filled(symbol, 10));
        await platform.SignalsAsync(session, 5);
        await platform.BarsAsync(symbol, 7, 9);
        await platform.OrderEventAsync(session, Filled(symbol, 20));
        var hosts = first.Children();
        Assert.NotEmpty(hosts);
        await first.KillAsync();
        await Platform.EventuallyAsync(
            () => Task.FromResult(hosts.All(host => !Directory.Exists($"/proc/{host}"))),
            () => Task.FromResult("hosts outlive their worker"));
        await platform.BarsAsync(symbol, 10, 12);
        await platform.OrderEventAsync(session, Filled(symbol, 30));

        await using (await RunningWorker.StartAsync(platform))
        {
            await platform.SignalsAsync(session, 13);
            await platform.BarsAsync(symbol, 13, 14);
            await platform.SignalsAsync(session, 15);
        }

        // Released by the second, and run from the start by a third, with nothing suppressed: every signal must come out as it was.
        await platform.Database.ExecuteAsync("update sessions set processed_seq = null where id = $1", session);
        var before = platform.SignalsOf(session).Count;
        await using (await RunningWorker.StartAsync(platform))
        {
            await Platform.EventuallyAsync(
                () => Task.FromResult(platform.SignalsOf(session).Count >= before + 15),
                () => Task.FromResult($"{platform.SignalsOf(session).Count - before} of 15 signals repeated"));
            await StopAllAsync(session);
        }

        var signals = platform.SignalsOf(session);
        Assert.Equal(Enumerable.Range(3, 12).Select(seq => (long)seq), BarsOf(signals));
        Assert.Equal([1L, 2, 3], signals.Where(signal => signal.EventKind == SessionEventKind.Order).Select(signal => signal.EventSeq).Distinct().Order());
        Assert.All(
            signals.GroupBy(signal => signal.SignalId),
            repeats => Assert.Single(repeats.Select(signal => (signal.Quantity, signal.Action, signal.EventSeq, signal.GeneratedAt)).Distinct()));
        Assert.Equal(3, signals.Max(signal => signal.LeaseEpoch));
    }

    [Fact]
    public async Task A_worker_that_goes_down_in_good_order_lets_another_one_go_on_at_once()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        Guid session;
        await using (await RunningWorker.StartAsync(platform))
        {
            session = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython);
            await platform.StatusBecomesAsync(session, "RUNNING");
            await platform.BarsAsync(symbol, 2, 2);
            await platform.SignalsAsync(session, 1);
        }

        Assert.Equal("RUNNING", await platform.StatusAsync(session));
        Assert.True(await platform.Database.ValueAsync<bool>(
            "select lease_owner is null and processed_seq = 2 from sessions where id = $1", session));

        await using var next = await RunningWorker.StartAsync(platform);
        await platform.BarsAsync(symbol, 3, 3);
        var signals = await platform.SignalsAsync(session, 2);
        Assert.Equal([(2L, 1L), (3L, 2L)], signals.Select(signal => (signal.EventSeq, signal.LeaseEpoch)));
        await StopAllAsync(session);
    }

    [Fact]
    public async Task A_session_that_the_gateway_says_belongs_to_another_is_let_go_without_a_word()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython);
        await platform.StatusBecomesAsync(session, "RUNNING");
        platform.Respond = signal => new ExecuteOutcome(signal.SignalId, ExecuteOutcome.Fenced);
        try
        {
            await platform.BarsAsync(symbol, 2, 2);
            await platform.SignalsAsync(session, 1);
            await Platform.EventuallyAsync(
                () => Task.FromResult(worker.Desk.Claimed == 0), () => Task.FromResult("the worker still holds the session"));
        }
        finally
        {
            platform.Respond = Platform.Accept;
        }

        Assert.Equal("RUNNING", await platform.StatusAsync(session));
        await platform.Database.ExecuteAsync("update sessions set status = 'STOPPED', ended_at = now() where id = $1", session);
    }

    [Fact]
    public async Task A_session_whose_claim_was_taken_over_is_let_go_at_the_next_renewal()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform, ("Worker:RenewEvery", "00:00:00.2"));
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython);
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.AnotherWorkerAsync("another");
        await platform.Database.ExecuteAsync(
            "update sessions set lease_owner = 'another', lease_epoch = lease_epoch + 1 where id = $1", session);

        await Platform.EventuallyAsync(
            () => Task.FromResult(worker.Desk.Claimed == 0), () => Task.FromResult("the worker still holds the session"));
        Assert.Equal("RUNNING", await platform.StatusAsync(session));
        await platform.Database.ExecuteAsync("update sessions set status = 'STOPPED', ended_at = now() where id = $1", session);
        await platform.Database.ExecuteAsync("delete from workers where id = 'another'");
    }

    [Fact]
    public async Task A_session_that_only_observes_asks_for_its_signals_to_be_recorded()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBarInPython, mode: "OBSERVE");
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.BarsAsync(symbol, 2, 2);

        Assert.True(Assert.Single(await platform.SignalsAsync(session, 1)).RecordOnly);
        await StopAllAsync(session);
    }

    [Fact]
    public async Task Indicators_are_warm_before_the_first_bar()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 30);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "csharp", """
            using StratForge.Strategies;
            using StratForge.Strategies.Indicators;
            public sealed class Warm : Strategy
            {
                private Sma _slow = null!;
                public override void OnStart() => _slow = Sma(20);
                public override Signal? OnBar(Bar bar) => Buy(System.Math.Round(_slow.Value, 6));
            }
            """);
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.BarsAsync(symbol, 31, 31);

        // Closes of bars 12 to 31 are 100.5 + seq: on average 100.5 + 21.5.
        Assert.Equal(122m, Assert.Single(await platform.SignalsAsync(session, 1)).Quantity);
        await StopAllAsync(session);
    }

    private async Task StopAllAsync(params Guid[] sessions)
    {
        foreach (var session in sessions)
        {
            await platform.Database.ExecuteAsync("update sessions set status = 'STOPPING' where id = $1", session);
            await platform.PublishAsync(
                "system:subscription_updates", $$"""{"action":"unsubscribe","symbol":"X","type":"stock","sessionId":"{{session}}"}""");
        }

        foreach (var session in sessions)
        {
            await platform.StatusBecomesAsync(session, "STOPPED");
            Assert.True(await platform.Database.ValueAsync<bool>(
                "select ended_at is not null and final_pnl = 0 and lease_owner is null from sessions where id = $1", session));
        }
    }

    private static IEnumerable<long> BarsOf(IEnumerable<ExecuteSignal> signals) => signals
        .Where(signal => signal.EventKind == SessionEventKind.Bar).Select(signal => signal.EventSeq).Distinct().Order();

    private static OrderEvent Filled(string symbol, decimal quantity) => new(
        Platform.NewId(), null, symbol, Side.Buy, "filled", quantity, quantity, 100, null,
        new FillDetail(Platform.NewId(), quantity, 100, 0, "USD", Platform.Opening), new PositionView(quantity, 100), 99_000);
}
