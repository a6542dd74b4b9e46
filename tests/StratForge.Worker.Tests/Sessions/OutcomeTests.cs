using StratForge.Contracts.Internal;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Tests.Replays;

namespace StratForge.Worker.Tests.Sessions;

public sealed class OutcomeTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    // What it buys says how often it was refused, and what it was told of the signal before.
    private const string CountingInCSharp = """
        using StratForge.Strategies;
        public sealed class Counting : Strategy
        {
            private int _refused;
            private Signal? _last;
            public override Signal? OnBar(Bar bar)
            {
                var taken = _last is { Ticket.Status: "accepted" } && OpenOrders.Count > 0;
                return _last = Buy(1 + (_refused * 100) + (taken ? 10 : 0));
            }
            public override void OnOrder(OrderUpdate update)
            {
                if (update.Status == "rejected" && update.Reason == "INSUFFICIENT_FUNDS") { _refused++; Plot("refused", _refused); }
            }
        }
        """;

    private const string CountingInPython = """
        class Counting(Strategy):
            def on_start(self):
                self.refused = 0
                self.last = None

            def on_bar(self, bar):
                taken = self.last is not None and self.last.ticket.status == "accepted" and len(self.open_orders) > 0
                self.last = self.buy(1 + self.refused * 100 + (10 if taken else 0))
                return self.last

            def on_order(self, update):
                if update.status == "rejected" and update.reason == "INSUFFICIENT_FUNDS":
                    self.refused += 1
                    self.plot("refused", self.refused)
        """;

    private readonly Replaying _replaying = new(platform);

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public async Task DisposeAsync()
    {
        platform.Respond = Platform.Accept;
        await platform.ForgetSessionsAsync();
    }

    [Fact]
    public async Task A_strategy_hears_what_became_of_its_signals_before_the_next_event_also_when_it_is_told_again()
    {
        platform.Respond = signal => signal.EventSeq % 2 == 0
            ? new ExecuteOutcome(signal.SignalId, ExecuteOutcome.Rejected, Code: "INSUFFICIENT_FUNDS", Detail: "INSUFFICIENT_FUNDS: required=2 available=1")
            : Platform.Accept(signal);
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        Guid[] sessions;
        await using (await RunningWorker.StartAsync(platform))
        {
            sessions =
            [
                await platform.StartSessionAsync(symbol, "csharp", CountingInCSharp), await platform.StartSessionAsync(symbol, "python", CountingInPython),
            ];
            foreach (var session in sessions)
            {
                await platform.StatusBecomesAsync(session, "RUNNING");
            }

            await platform.BarsAsync(symbol, 2, 4);
            await SettledAsync(sessions, 4);
        }

        // What is settled is not sent again: the next worker has the answers from the tape.
        await using (await RunningWorker.StartAsync(platform))
        {
            await platform.BarsAsync(symbol, 5, 6);
            await SettledAsync(sessions, 6);
        }

        decimal[] expected = [1, 101, 111, 201, 211];
        Assert.All(sessions, session => Assert.Equal(expected, platform.SignalsOf(session).Select(signal => signal.Quantity)));

        // With nothing settled all of it is sent again, and answered as before.
        await platform.Database.ExecuteAsync("update sessions set processed_seq = null where id = any ($1)", sessions);
        await using var worker = await RunningWorker.StartAsync(platform);
        await SettledAsync(sessions, 6);
        var hashes = new List<string?>();
        foreach (var session in sessions)
        {
            Assert.Equal([.. expected, .. expected], platform.SignalsOf(session).Select(signal => signal.Quantity));
            await _replaying.RecordAsync(session);
            var replay = await _replaying.ReplayAsync(session);
            Assert.Null(replay.FirstDifference);
            hashes.Add(replay.RunHash);
        }

        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal("3", await platform.Database.ValueAsync<string>("select state_metadata #>> '{plots,refused,value}' from sessions where id = $1", sessions[0]));

        await platform.Database.ExecuteAsync(
            "update session_tape_outcomes set payload = jsonb_set(payload, '{0,code}', '\"MARKET_CLOSED\"') where session_id = $1 and event_seq = 4", sessions[1]);
        await _replaying.DiffersAsync(sessions[1], "bar 4", "outcomes of its signals");
    }

    [Fact]
    public async Task What_was_accepted_last_is_known_to_the_next_worker_and_at_the_end()
    {
        const string InCSharp = """
            using StratForge.Strategies;
            public sealed class Last : Strategy
            {
                private Signal? _last;
                public override Signal? OnBar(Bar bar) { Told(); return _last = Buy(1); }
                public override void OnStop(StopReason reason) => Told();
                private void Told() => Log("told: " + (_last?.Ticket.Status ?? "nothing"));
            }
            """;
        const string InPython = """
            class Last(Strategy):
                last = None

                def on_bar(self, bar):
                    self.told()
                    self.last = self.buy(1)
                    return self.last

                def on_stop(self, reason):
                    self.told()

                def told(self):
                    self.log(f"told: {self.last.ticket.status if self.last else 'nothing'}")
            """;
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        Guid[] sessions;
        await using (await RunningWorker.StartAsync(platform))
        {
            sessions = [await platform.StartSessionAsync(symbol, "csharp", InCSharp), await platform.StartSessionAsync(symbol, "python", InPython)];
            foreach (var session in sessions)
            {
                await platform.StatusBecomesAsync(session, "RUNNING");
            }

            await platform.BarsAsync(symbol, 2, 2);
            await SettledAsync(sessions, 2);
        }

        await using var next = await RunningWorker.StartAsync(platform);
        await platform.BarsAsync(symbol, 3, 3);
        await SettledAsync(sessions, 3);
        foreach (var session in sessions)
        {
            await platform.Database.ExecuteAsync("update sessions set status = 'STOPPING' where id = $1", session);
            await platform.PublishAsync(
                "system:subscription_updates", $$"""{"action":"unsubscribe","symbol":"{{symbol}}","type":"stock","sessionId":"{{session}}"}""");
        }

        foreach (var session in sessions)
        {
            await platform.StatusBecomesAsync(session, "STOPPED");
            await Platform.EventuallyAsync(
                () => platform.Database.ValueAsync<bool>(
                    "select string_agg(message, ', ' order by id) = 'told: nothing, told: accepted, told: accepted' from session_logs where session_id = $1 and message like 'told:%'",
                    session),
                async () => await platform.Database.ValueAsync<string>(
                    "select string_agg(message, '; ' order by id) from session_logs where session_id = $1", (object)session) ?? "");
        }
    }

    [Fact]
    public async Task A_session_from_before_there_were_outcomes_is_told_none_of_what_was_settled_then()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        Guid session;
        await using (await RunningWorker.StartAsync(platform))
        {
            session = await platform.StartSessionAsync(symbol, "python", CountingInPython);
            await platform.StatusBecomesAsync(session, "RUNNING");
            await platform.BarsAsync(symbol, 2, 3);
            await SettledAsync([session], 3);
        }

        await platform.Database.ExecuteAsync("delete from session_tape_outcomes where session_id = $1", session);
        await using var worker = await RunningWorker.StartAsync(platform);
        await platform.BarsAsync(symbol, 4, 5);
        await platform.SignalsAsync(session, 4);

        // Bar 4 comes after a signal that nothing is known of, bar 5 after one that was taken.
        Assert.Equal([1m, 11, 1, 11], platform.SignalsOf(session).Select(signal => signal.Quantity));
    }

    private Task SettledAsync(Guid[] sessions, long seq) => Platform.EventuallyAsync(
        () => platform.Database.ValueAsync<bool>(
            "select count(*) = $3 from sessions where id = any ($1) and processed_seq = $2", sessions, seq, (long)sessions.Length),
        async () => await platform.Database.ValueAsync<string>(
            "select string_agg(concat_ws(' ', status, processed_seq, failure_code, failure_detail), '; ') from sessions where id = any ($1)", (object)sessions) ?? "");
}
