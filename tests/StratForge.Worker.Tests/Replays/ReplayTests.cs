using StratForge.Contracts.Orders;

namespace StratForge.Worker.Tests.Replays;

public sealed class ReplayTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    // Depends on bars, order events, random numbers and history.
    private const string Knowing = """
        using StratForge.Strategies;
        using StratForge.Strategies.Indicators;
        public sealed class Knowing : Strategy
        {
            private Sma _average = null!;
            private int _orders;
            public override void OnStart() => _average = Sma(3);
            public override Signal? OnBar(Bar bar) =>
                Buy(System.Math.Round(_average.Value, 4) + (_orders * 1000) + Random.NextInt(0, 100), confidence: 0.5);
            public override void OnOrder(OrderUpdate update) { _orders++; Buy(_orders, limit: 50); }
        }
        """;

    private readonly Replaying _replaying = new(platform);

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => platform.ForgetSessionsAsync();

    [Fact]
    public async Task A_session_that_changed_hands_replays_to_the_same_signals_and_the_same_run_hash()
    {
        var symbol = platform.NewSymbol();
        var session = await RunAsync(symbol);
        await using var worker = await RunningWorker.StartAsync(platform);

        var replay = await _replaying.ReplayAsync(session);

        Assert.Null(replay.FirstDifference);
        Assert.True(replay.Identical);
        Assert.Equal((7L, 2L, 9L, 0L), (replay.Bars, replay.OrderEvents, replay.Signals, replay.CorrectedBars));
        Assert.Equal(replay.RecordedRunHash, replay.RunHash);
        Assert.Equal(replay.RunHash, await platform.Database.ValueAsync<string>("select run_hash from sessions where id = $1", session));
        Assert.Equal(0, await platform.Database.ValueAsync<long>(
            "select count(*) from session_logs where session_id = $1 and message like '%did not repeat%'", session));
    }

    [Fact]
    public async Task The_first_thing_that_was_changed_is_named()
    {
        var symbol = platform.NewSymbol();
        var session = await RunAsync(symbol);
        await using var worker = await RunningWorker.StartAsync(platform);

        // A correction of the stored bar is no difference: the session was told something else.
        await platform.Database.ExecuteAsync("update market_data set close = close + 0.25 where symbol = $1 and seq = 9", symbol);
        var corrected = await _replaying.ReplayAsync(session);
        Assert.True(corrected.Identical);
        Assert.Equal(1, corrected.CorrectedBars);

        await platform.Database.ExecuteAsync(
            "update signals set quantity = quantity + 1 where session_id = $1 and event_kind = 1 and event_seq = 11", session);
        await _replaying.DiffersAsync(session, "bar 11", "signal 1 quantity");

        await platform.Database.ExecuteAsync(
            "update session_tape set payload = jsonb_set(payload, '{cash}', '1') where session_id = $1 and event_id = 2", session);
        await _replaying.DiffersAsync(session, "order event 2", "event");

        var flipped = await _replaying.FlipAsync(session, 7);
        var bar = await _replaying.DiffersAsync(session, "bar 7", "close");
        Assert.Equal((Text(flipped.Before), Text(flipped.After)), (bar.Expected, bar.Got));

        await platform.Database.ExecuteAsync("update session_tape_starts set seed = seed + 1 where session_id = $1", session);
        await _replaying.DiffersAsync(session, "start", "seed");
    }

    [Fact]
    public async Task A_replay_can_be_given_up_and_one_of_which_there_is_no_tape_says_why()
    {
        var session = await platform.StartSessionAsync(platform.NewSymbol(), "csharp", Knowing);
        await platform.Database.ExecuteAsync("update sessions set status = 'STOPPED', ended_at = now() where id = $1", session);
        await using var worker = await RunningWorker.StartAsync(platform);

        var nothing = await _replaying.AskAsync(session);
        await _replaying.EndsAsync(nothing, "FAILED");
        Assert.Equal("NOTHING_RECORDED", await platform.Database.ValueAsync<string>("select failure_code from worker_jobs where id = $1", nothing));

        await platform.Database.ExecuteAsync("update sessions set tape_gone_at = '2026-07-01T10:30:00Z' where id = $1", session);
        var gone = await _replaying.AskAsync(session);
        await _replaying.EndsAsync(gone, "FAILED");
        Assert.Equal("TAPE_GONE", await platform.Database.ValueAsync<string>("select failure_code from worker_jobs where id = $1", gone));

        // A strategy that takes its time: the replay is under way when it is given up.
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        var slow = await platform.StartSessionAsync(symbol, "python", """
            from stratforge import *

            class Slow(Strategy):
                def on_bar(self, bar):
                    n = 0
                    for i in range(2000000):
                        n += i
            """);
        await platform.StatusBecomesAsync(slow, "RUNNING");
        await platform.BarsAsync(symbol, 2, 25);
        await ProcessedAsync(slow, 25, 0);
        var replay = await _replaying.AskAsync(slow);
        await _replaying.EndsAsync(replay, "RUNNING");
        await platform.Database.ExecuteAsync("update worker_jobs set cancel_asked = true where id = $1", replay);
        await _replaying.EndsAsync(replay, "CANCELED");
    }

    // Seven bars and two order events, under two workers one after the other.
    private async Task<Guid> RunAsync(string symbol)
    {
        await platform.BarsAsync(symbol, 1, 4);
        Guid session;
        await using (await RunningWorker.StartAsync(platform))
        {
            session = await platform.StartSessionAsync(symbol, "csharp", Knowing);
            await platform.StatusBecomesAsync(session, "RUNNING");
            await platform.BarsAsync(symbol, 5, 8);
            await platform.SignalsAsync(session, 4);
            await platform.OrderEventAsync(session, Accepted(symbol));
            await platform.SignalsAsync(session, 5);
        }

        await using (await RunningWorker.StartAsync(platform))
        {
            await platform.BarsAsync(symbol, 9, 10);
            await platform.SignalsAsync(session, 7);
            await platform.OrderEventAsync(session, Accepted(symbol));
            await platform.SignalsAsync(session, 8);
            await platform.BarsAsync(symbol, 11, 11);
            await platform.SignalsAsync(session, 9);
            await ProcessedAsync(session, 11, 2);
        }

        await platform.Database.ExecuteAsync("update sessions set status = 'STOPPED', ended_at = now() where id = $1", session);
        await _replaying.RecordAsync(session);
        return session;
    }

    private Task ProcessedAsync(Guid session, long seq, long eventId) => Platform.EventuallyAsync(
        () => platform.Database.ValueAsync<bool>("select processed_seq = $2 and processed_event_id = $3 from sessions where id = $1", session, seq, eventId),
        () => Task.FromResult($"bar {seq} and event {eventId} are not settled"));

    private static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static OrderEvent Accepted(string symbol) => new(
        Platform.NewId(), null, symbol, Side.Buy, "accepted", 5, 0, null, null, null, new PositionView(0, 0), 99_000);
}
