namespace StratForge.Worker.Tests.Sessions;

public sealed class SharingTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const string BuyEachBar = """
        from stratforge import *

        class EachBar(Strategy):
            def on_bar(self, bar):
                return self.buy(2)
        """;

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => platform.ForgetSessionsAsync();

    [Fact]
    public async Task A_worker_that_comes_gets_its_part_and_what_one_that_goes_had_is_taken_by_the_others_at_no_bars_cost()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var first = await RunningWorker.StartAsync(platform);
        var sessions = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            sessions.Add(await platform.StartSessionAsync(symbol, "python", BuyEachBar));
        }

        await HoldsAsync(first, 6);
        await platform.BarsAsync(symbol, 2, 3);

        await using (var second = await RunningWorker.StartAsync(platform))
        {
            await HoldsAsync(second, 3);
            await HoldsAsync(first, 3);
            await platform.BarsAsync(symbol, 4, 5);
            await AllSignalsAsync(sessions, 4);
            Assert.Equal(3, await platform.Database.ValueAsync<long>("select count(*) from sessions where ended_at is null and lease_epoch = 2"));
        }

        await HoldsAsync(first, 6);
        await platform.BarsAsync(symbol, 6, 6);
        await AllSignalsAsync(sessions, 5);

        // In good order no signal is even sent twice.
        Assert.All(sessions, session => Assert.Equal([2L, 3, 4, 5, 6], platform.SignalsOf(session).Select(signal => signal.EventSeq)));
    }

    [Fact]
    public async Task A_hand_over_waits_for_the_answer_to_signals_under_way()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        using var answered = new ManualResetEventSlim();
        using var asked = new SemaphoreSlim(0);
        Guid session;
        Task stopping;
        var worker = await RunningWorker.StartAsync(platform);
        try
        {
            session = await platform.StartSessionAsync(symbol, "python", BuyEachBar);
            await platform.StatusBecomesAsync(session, "RUNNING");
            platform.Respond = signal =>
            {
                asked.Release();
                answered.Wait();
                return Platform.Accept(signal);
            };
            await platform.BarsAsync(symbol, 2, 3);
            Assert.True(await asked.WaitAsync(TimeSpan.FromMinutes(2)), "No signal was sent.");
        }
        finally
        {
            platform.Respond = Platform.Accept;
            stopping = worker.DisposeAsync().AsTask();
            await Platform.EventuallyAsync(
                () => platform.Database.ValueAsync<bool>("select exists (select from workers where leaving)"),
                () => Task.FromResult("the worker does not say that it leaves"));
            answered.Set();
            await stopping;
        }

        Assert.Equal(2, await platform.Database.ValueAsync<long>("select processed_seq from sessions where id = $1 and lease_owner is null", session));
        Assert.Equal([2L], platform.SignalsOf(session).Select(signal => signal.EventSeq));
        Assert.Equal(0, await platform.Database.ValueAsync<long>("select count(*) from workers"));
    }

    private static Task HoldsAsync(RunningWorker worker, int count) => Platform.EventuallyAsync(
        () => Task.FromResult(worker.Desk.Claimed == count && worker.Desk.Live == count),
        () => Task.FromResult($"{worker.Desk.Claimed} sessions, {worker.Desk.Live} of them live, not {count}"));

    private async Task AllSignalsAsync(IEnumerable<Guid> sessions, int count)
    {
        foreach (var session in sessions)
        {
            await platform.SignalsAsync(session, count);
        }
    }
}
