using StratForge.Contracts.Internal;

namespace StratForge.Worker.Tests.Sessions;

public sealed class SteeredSessionTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const string BuyEachBar = "class Buyer(Strategy):\n    def on_bar(self, bar):\n        return self.buy(1)\n";

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_paused_session_goes_on_being_fed_and_is_taken_over_like_any_other()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        Guid session;
        platform.Respond = signal => new ExecuteOutcome(signal.SignalId, ExecuteOutcome.Rejected, Code: "SESSION_PAUSED", Detail: "SESSION_PAUSED: paused");
        try
        {
            await using (await RunningWorker.StartAsync(platform))
            {
                session = await platform.StartSessionAsync(symbol, "python", BuyEachBar);
                await platform.StatusBecomesAsync(session, "RUNNING");
                await platform.Database.ExecuteAsync("update sessions set status = 'PAUSED' where id = $1", session);
                await platform.BarsAsync(symbol, 2, 3);
                await platform.SignalsAsync(session, 2);
            }

            await using var next = await RunningWorker.StartAsync(platform);
            await platform.BarsAsync(symbol, 4, 4);
            await platform.SignalsAsync(session, 3);
            Assert.Equal("PAUSED", await platform.StatusAsync(session));
            await StopAsync(session);
            await platform.StatusBecomesAsync(session, "STOPPED");
        }
        finally
        {
            platform.Respond = Platform.Accept;
        }
    }

    [Fact]
    public async Task A_stopped_session_whose_orders_are_to_be_canceled_is_let_go_and_waits_for_that()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", BuyEachBar);
        await platform.StatusBecomesAsync(session, "RUNNING");
        var order = Platform.NewId();
        await platform.Database.ExecuteAsync("""
            insert into orders (id, user_id, session_id, symbol, asset_class, side, effect, type, time_in_force, quantity, status, created_at, updated_at)
            select $1, user_id, id, symbol, asset_class, 'buy', 'open', 'market', 'day', 1, 'accepted', now(), now() from sessions where id = $2
            """, order, session);

        await StopAsync(session);
        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>("select let_go_at is not null and lease_owner is null from sessions where id = $1", session),
            () => Task.FromResult("it was not let go"));
        var waiting = await platform.StatusAsync(session);
        await Platform.EventuallyAsync(() => Task.FromResult(worker.Desk.Claimed == 0), () => Task.FromResult("it is still claimed"));
        await platform.Database.ExecuteAsync("update orders set status = 'canceled' where id = $1", order);
        await platform.Database.ExecuteAsync("select end_session($1, now())", session);

        Assert.Equal("STOPPING", waiting);
        Assert.Equal("STOPPED", await platform.StatusAsync(session));
        Assert.True(await platform.Database.ValueAsync<bool>(
            "select ended_at is not null and wound_up_at is not null and final_pnl = 0 from sessions where id = $1", session));
    }

    [Fact]
    public async Task What_a_strategy_prints_is_in_its_log_while_it_runs()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform);
        var session = await platform.StartSessionAsync(symbol, "python", "class Says(Strategy):\n    def on_bar(self, bar):\n        print('closed at', bar.close)\n");
        await platform.StatusBecomesAsync(session, "RUNNING");

        await platform.BarsAsync(symbol, 2, 2);

        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>(
                "select exists (select from session_logs where session_id = $1 and message = 'closed at 102.5')", session),
            () => Task.FromResult("it is not in the log"));
        await StopAsync(session);
        await platform.StatusBecomesAsync(session, "STOPPED");
    }

    private async Task StopAsync(Guid session)
    {
        await platform.Database.ExecuteAsync("update sessions set status = 'STOPPING' where id = $1", session);
        await platform.PublishAsync(
            "system:subscription_updates", $$"""{"action":"unsubscribe","symbol":"X","type":"stock","sessionId":"{{session}}"}""");
    }
}
