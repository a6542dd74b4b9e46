using System.Net;
using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Sessions;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Sessions;

public sealed class SteeringTests(FreshDatabase database, FreshRedis redis)
    : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private readonly TradedSessions _sessions = new(database, redis);
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await _sessions.StartAsync();

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task Signals_of_a_paused_session_are_refused_and_recorded_and_taken_again_when_it_is_resumed()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user);
        await SignalAsync(session, Side.Buy, 5, 1);
        await _sessions.HoldsAsync(session, 5);

        var paused = await user.PostForAsync($"/sessions/{session}/pause");
        var whilePaused = await SignalAsync(session, Side.Sell, 5, 2);
        var again = await user.PostForAsync($"/api/sessions/{session}/pause");
        await user.PostForAsync($"/sessions/{session}/resume");
        var afterwards = await SignalAsync(session, Side.Sell, 5, 3);

        Assert.Equal("PAUSED", paused.GetProperty("session").GetProperty("status").GetString());
        Assert.Equal("The session was paused already.", again.GetProperty("message").GetString());
        Assert.Equal("SESSION_PAUSED", whilePaused.GetProperty("code").GetString());
        Assert.Equal("ACCEPTED", afterwards.GetProperty("status").GetString());
        var refused = Assert.Single(
            (await user.GetAsync($"/sessions/{session}/signals?status=REJECTED")).GetProperty("items").EnumerateArray());
        Assert.Equal("SESSION_PAUSED", refused.GetProperty("code").GetString());
        await _sessions.HoldsAsync(session, 0);
        Assert.Equal(["RUNNING", "PAUSED", "RUNNING"], await ToldAsync(session, 3));
    }

    [Fact]
    public async Task What_does_not_fit_the_state_is_refused_with_a_code()
    {
        var user = await _gateway.NewUserAsync();
        var waiting = await user.NewSessionAsync(await user.NewStrategyAsync());
        var stopping = await _sessions.RunningAsync(user);
        await user.PostForAsync($"/sessions/{stopping}/stop");

        Assert.Equal("session-starting", await RefusedAsync(waiting, "pause"));
        Assert.Equal("session-stopping", await RefusedAsync(stopping, "pause"));
        Assert.Equal("session-stopping", await RefusedAsync(stopping, "reduce-only"));
        await user.PostForAsync($"/sessions/{waiting}/stop");
        Assert.Equal("session-ended", await RefusedAsync(waiting, "resume"));
        var late = await SignalAsync(stopping, Side.Buy, 1, 1);
        Assert.Equal("SESSION_STOPPING", late.GetProperty("code").GetString());

        async Task<string?> RefusedAsync(Guid session, string command) =>
            (await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/sessions/{session}/{command}")).GetProperty("code").GetString();
    }

    [Fact]
    public async Task A_session_that_may_only_reduce_sells_and_buys_nothing_more()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user);
        await SignalAsync(session, Side.Buy, 5, 1);
        await _sessions.HoldsAsync(session, 5);

        var restricted = await user.PostForAsync($"/sessions/{session}/reduce-only", new { reason = "It has enough." });
        var buy = await SignalAsync(session, Side.Buy, 1, 2);
        var sell = await SignalAsync(session, Side.Sell, 2, 3);
        var lifted = await user.PostForAsync($"/sessions/{session}/reduce-only", new { enabled = false });

        Assert.Equal("reduce_only", restricted.GetProperty("session").GetProperty("tradingMode").GetString());
        Assert.Equal("REDUCE_ONLY", buy.GetProperty("code").GetString());
        Assert.Equal("ACCEPTED", sell.GetProperty("status").GetString());
        Assert.Equal("normal", lifted.GetProperty("session").GetProperty("tradingMode").GetString());
        await _sessions.HoldsAsync(session, 3);
    }

    [Theory]
    [InlineData("leave", "accepted", 5)]
    [InlineData("cancel", "canceled", 5)]
    [InlineData("flatten", "canceled", 0)]
    public async Task A_stop_treats_orders_and_positions_as_its_policy_says(string policy, string orderStatus, decimal held)
    {
        var user = await _gateway.NewUserAsync();
        var session = await AHoldingSessionWithAnOrderAsync(user);

        await user.PostForAsync($"/sessions/{session}/stop", new { policy });
        await _sessions.LetGoAsync(session);
        var stopped = await TradedSessions.StandsAsync(user, session, "STOPPED");

        Assert.Equal(policy, stopped.GetProperty("stopPolicy").GetString());
        Assert.Equal("normal", stopped.GetProperty("tradingMode").GetString());
        Assert.Equal(orderStatus, await LimitOrderAsync(session));
        await _sessions.HoldsAsync(session, held);
        Assert.Equal(["RUNNING", "STOPPING", "STOPPED"], await ToldAsync(session, 3));
    }

    [Fact]
    public async Task A_session_stops_only_when_its_worker_has_let_go_and_its_orders_are_gone()
    {
        var user = await _gateway.NewUserAsync();
        var session = await AHoldingSessionWithAnOrderAsync(user, new { stopPolicy = "flatten" });

        await user.PostForAsync($"/sessions/{session}/stop");
        await _sessions.HoldsAsync(session, 0);
        var held = await user.GetAsync($"/sessions/{session}");
        await _sessions.LetGoAsync(session);

        Assert.Equal("STOPPING", held.GetProperty("status").GetString());
        await TradedSessions.StandsAsync(user, session, "STOPPED");
        Assert.Equal(0m, await database.ValueAsync<decimal>("select final_pnl from sessions where id = $1", session));
    }

    [Fact]
    public async Task However_many_can_not_end_yet_those_behind_them_do()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user);
        await database.ExecuteAsync("""
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, told_status, stop_policy, created_at, lease_owner, lease_expires_at)
            select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, user_id, strategy_id, 1, symbol, asset_class, 'STOPPING', 'STOPPING', 'leave', now(),
                   'a slow worker', now() + interval '1 hour'
            from sessions, generate_series(1, $2) as n
            where id = $1
            """, session, SessionStore.AtOnce);

        await user.PostForAsync($"/sessions/{session}/stop");
        await _sessions.LetGoAsync(session);

        await TradedSessions.StandsAsync(user, session, "STOPPED");
        await database.ExecuteAsync("update sessions set let_go_at = now() where lease_owner = 'a slow worker'");
    }

    [Fact]
    public async Task A_flatten_that_cannot_end_is_given_up_by_another_policy()
    {
        var user = await _gateway.NewUserAsync();
        var session = await AHoldingSessionWithAnOrderAsync(user);
        _sessions.Venue.FillsAt = null;

        await user.PostForAsync($"/sessions/{session}/stop", new { policy = "flatten" });
        await _sessions.LetGoAsync(session);
        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from orders where session_id = $1 and side = 'sell' and type = 'market'", session), sells => sells == 1);
        await user.PostForAsync($"/sessions/{session}/stop", new { policy = "leave" });

        await TradedSessions.StandsAsync(user, session, "STOPPED");
        await _sessions.HoldsAsync(session, 5);
    }

    [Fact]
    public async Task A_flatten_goes_on_in_the_next_gateway_and_closes_once()
    {
        var user = await _gateway.NewUserAsync();
        var session = await AHoldingSessionWithAnOrderAsync(user);
        _sessions.Venue.FillsAt = null;
        await user.PostForAsync($"/sessions/{session}/stop", new { policy = "flatten" });
        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from orders where session_id = $1 and side = 'sell'", session), sells => sells == 1);
        await _gateway.DisposeAsync();
        await _sessions.LetGoAsync(session);

        _gateway = await _sessions.StartAsync();
        foreach (var order in _sessions.Venue.Orders.Where(order => !order.IsOver))
        {
            _sessions.Venue.Fill(order, order.Qty!.Value, 100);
        }

        await Eventually.BecomesAsync(
            () => database.ValueAsync<string>("select status from sessions where id = $1", session), status => status == "STOPPED");
        Assert.Equal(1, await database.ValueAsync<long>("select count(*) from orders where session_id = $1 and side = 'sell'", session));
        await _sessions.HoldsAsync(session, 0);
    }

    [Fact]
    public async Task A_session_that_failed_is_wound_up_by_the_policy_it_was_started_with()
    {
        var user = await _gateway.NewUserAsync();
        var session = await AHoldingSessionWithAnOrderAsync(user, new { stopPolicy = "flatten" });

        await database.ExecuteAsync(
            "update sessions set status = 'FAILED', failure_code = 'CRASHED', failure_detail = 'It crashed.', ended_at = now(), lease_owner = null where id = $1", session);
        await Eventually.BecomesAsync(
            () => database.ValueAsync<bool>("select wound_up_at is not null from sessions where id = $1", session), done => done);

        Assert.Equal("canceled", await LimitOrderAsync(session));
        await _sessions.HoldsAsync(session, 0);
        Assert.Equal("FAILED", (await user.GetAsync($"/sessions/{session}")).GetProperty("status").GetString());
        Assert.Equal("normal", (await user.GetAsync($"/sessions/{session}")).GetProperty("tradingMode").GetString());
    }

    [Fact]
    public async Task What_has_ended_never_begins_again()
    {
        var user = await _gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        await user.PostForAsync($"/sessions/{session}/stop");

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(
            () => database.ExecuteAsync("update sessions set status = 'RUNNING', ended_at = null where id = $1", session));

        Assert.Equal("SF004", refused.SqlState);
    }

    [Fact]
    public async Task All_sessions_of_a_strategy_stop_with_one_word()
    {
        var user = await _gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();
        var (one, other) = (await user.NewSessionAsync(strategy), await user.NewSessionAsync(strategy));

        var stopped = await user.PostForAsync($"/api/strategies/{strategy}/stop", new { policy = "leave" });

        Assert.Equal([one, other], stopped.GetProperty("sessionIds").EnumerateArray().Select(id => id.GetGuid()));
        Assert.Equal("leave", (await user.GetAsync($"/sessions/{one}")).GetProperty("stopPolicy").GetString());
        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, $"/sessions/{one}/stop", new { policy = "sell" });
        Assert.Equal("may be leave, cancel or flatten.", problem.GetProperty("errors").GetProperty("policy")[0].GetString());
    }

    [Fact]
    public async Task A_followed_log_does_not_keep_a_gateway_from_going_down()
    {
        var user = await _gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        using var response = await user.Http.GetAsync($"/sessions/{session}/logs?follow=true", HttpCompletionOption.ResponseHeadersRead);

        await _gateway.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        _gateway = await _sessions.StartAsync();
    }

    private Task<JsonElement> SignalAsync(Guid session, Side side, decimal quantity, long seq, decimal? limit = null) =>
        TradedSessions.SignalAsync(_gateway, session, "SPY", side, quantity, seq, limit);

    private async Task<Guid> AHoldingSessionWithAnOrderAsync(Client user, object? settings = null)
    {
        var session = await _sessions.RunningAsync(user, settings: settings);
        await SignalAsync(session, Side.Buy, 5, 1);
        await _sessions.HoldsAsync(session, 5);
        _sessions.Venue.FillsAt = null;
        await SignalAsync(session, Side.Buy, 1, 2, limit: 95);
        await Eventually.BecomesAsync(() => LimitOrderAsync(session), status => status == "accepted");
        _sessions.Venue.FillsAt = 100;
        return session;
    }

    private Task<string?> LimitOrderAsync(Guid session) =>
        database.ValueAsync<string>("select status from orders where session_id = $1 and type = 'limit'", session);

    private async Task<List<string>> ToldAsync(Guid session, int count)
    {
        var told = await Eventually.BecomesAsync(() => _sessions.ToldAsync(session), told => told.Count(state => state != "STARTING") >= count);
        return [.. told.Where(state => state != "STARTING")];
    }
}
