using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Gateway.Sessions;

namespace StratForge.Gateway.Tests.Sessions;

[Collection(OneGateway.Name)]
public sealed class SessionTests(GatewayFixture fixture)
{
    private RunningGateway Gateway => fixture.Gateway;

    private IDatabase Bus => fixture.Redis.Connection.GetDatabase();

    [Fact]
    public async Task A_session_is_stored_with_its_version_and_told_to_the_bus()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync("BTC/USD");
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await fixture.Redis.Connection.GetSubscriber().SubscribeAsync(
            new RedisChannel(Topics.SubscriptionUpdates, RedisChannel.PatternMode.Literal),
            (_, message) =>
            {
                if (((string)message!).Contains("BTC/USD", StringComparison.Ordinal))
                {
                    heard.TrySetResult(message!);
                }
            });

        var answer = await user.PostForAsync(
            "/sessions", new { symbol = "BTC/USD", type = "crypto", strategyId = strategy, parameters = new { fast = 3 } });

        var session = answer.GetProperty("data").GetProperty("session");
        Assert.Equal("STARTING", session.GetProperty("status").GetString());
        Assert.Equal("PAPER", session.GetProperty("mode").GetString());
        Assert.Equal(1, session.GetProperty("strategyVersion").GetInt32());
        Assert.Equal(3, session.GetProperty("parameters").GetProperty("fast").GetInt32());
        Assert.True(await Bus.SetContainsAsync(Topics.ActiveCrypto, "BTC/USD"));
        var told = JsonElement.Parse(await heard.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("subscribe", told.GetProperty("action").GetString());
        Assert.Equal("crypto", told.GetProperty("type").GetString());
        Assert.Equal(session.GetProperty("id").GetGuid(), told.GetProperty("sessionId").GetGuid());
    }

    [Fact]
    public async Task A_symbol_stays_subscribed_until_its_last_session_stops_and_stopping_twice_is_as_good_as_once()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync("MSFT");
        var first = await user.NewSessionAsync(strategy, "MSFT");
        var second = await user.NewSessionAsync(strategy, "MSFT");

        await user.PostForAsync($"/sessions/{first}/stop");
        var while_one_runs = await Bus.SetContainsAsync(Topics.ActiveStocks, "MSFT");
        await user.PostForAsync($"/api/sessions/{second}/stop");
        var again = await user.PostForAsync($"/sessions/{second}/stop");

        Assert.True(while_one_runs);
        Assert.False(await Bus.SetContainsAsync(Topics.ActiveStocks, "MSFT"));
        Assert.Equal(second, again.GetProperty("sessionId").GetGuid());
        Assert.Equal("STOPPED", (await user.GetAsync($"/sessions/{second}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task However_many_are_started_at_once_only_twenty_are_open()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => user.PostAsync("/sessions", new { strategyId = strategy })));

        Assert.Equal(20, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal("too-many-sessions", (await Client.ProblemOf(refused, HttpStatusCode.Conflict)).GetProperty("code").GetString());
        }
    }

    [Theory]
    [InlineData("ZZZ")]
    [InlineData("GONE")]
    public async Task A_symbol_the_broker_does_not_trade_starts_no_session(string symbol)
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();
        await Eventually.BecomesAsync(
            () => Task.FromResult(Gateway.Services.GetRequiredService<Gateway.Broker.ListedAssets>().Known), known => known);

        var problem = await user.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/sessions", new { symbol, strategyId = strategy });

        Assert.Equal("UNKNOWN_SYMBOL", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_type_that_contradicts_the_symbol_is_refused()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();

        var problem = await user.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/sessions", new { symbol = "SPY", type = "crypto", strategyId = strategy, mode = "BACKTEST" });

        Assert.Equal(["mode", "type"], problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_stopping_session_without_a_worker_is_ended_with_what_it_earned_and_its_old_lease_fenced()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        await RunAsync(session, leaseSeconds: 10);
        await user.PostForAsync($"/sessions/{session}/stop");
        var store = Gateway.Services.GetRequiredService<SessionStore>();

        await store.EndAbandonedAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);
        var whileLeased = (await user.GetAsync($"/sessions/{session}")).GetProperty("status").GetString();
        await store.EndAbandonedAsync(TimeProvider.System.GetUtcNow().AddSeconds(11), CancellationToken.None);

        Assert.Equal("STOPPING", whileLeased);
        var ended = await user.GetAsync($"/sessions/{session}");
        Assert.Equal("STOPPED", ended.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.String, ended.GetProperty("endedAt").ValueKind);
        Assert.Equal(2, await fixture.Database.ValueAsync<long>("select lease_epoch from sessions where id = $1", session));
        Assert.Equal(0m, await fixture.Database.ValueAsync<decimal>("select final_pnl from sessions where id = $1", session));
    }

    [Fact]
    public async Task The_sets_follow_the_table_and_leave_strangers_alone()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync("AAPL"), "AAPL");
        await RunAsync(session, leaseSeconds: 10);
        await Bus.SetRemoveAsync(Topics.ActiveStocks, "AAPL");
        await Bus.SetAddAsync(Topics.ActiveStocks, "STRANGE");
        await fixture.Database.ExecuteAsync("insert into session_symbols (session_id, place, symbol) values ($1, 1, 'QQQM'), ($1, 2, 'BTC/USD')", session);
        var subscriptions = Gateway.Services.GetRequiredService<Subscriptions>();
        var since = TimeProvider.System.GetUtcNow().AddHours(-1);

        await subscriptions.RepairAsync(since, CancellationToken.None);
        var repaired = await Bus.SetContainsAsync(Topics.ActiveStocks, "AAPL");
        var further = await Bus.SetContainsAsync(Topics.ActiveStocks, "QQQM") && await Bus.SetContainsAsync(Topics.ActiveCrypto, "BTC/USD");
        await subscriptions.ReleaseAsync(new SubscriptionUpdate(SubscriptionUpdate.Unsubscribe, "QQQM", AssetClass.Stock), CancellationToken.None);
        var kept = await Bus.SetContainsAsync(Topics.ActiveStocks, "QQQM");
        await fixture.Database.ExecuteAsync(
            "update sessions set status = 'FAILED', failure_code = 'CRASHED', ended_at = now() where symbol = 'AAPL' and ended_at is null");
        await subscriptions.RepairAsync(since, CancellationToken.None);

        Assert.True(repaired);
        Assert.True(further);
        Assert.True(kept);
        Assert.False(await Bus.SetContainsAsync(Topics.ActiveStocks, "QQQM"));
        Assert.False(await Bus.SetContainsAsync(Topics.ActiveStocks, "AAPL"));
        Assert.True(await Bus.SetContainsAsync(Topics.ActiveStocks, "STRANGE"));
    }

    [Fact]
    public async Task Sessions_are_filtered_by_status_and_strategy_and_logs_come_newest_first()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();
        var running = await user.NewSessionAsync(strategy);
        var stopped = await user.NewSessionAsync(await user.NewStrategyAsync());
        await user.PostForAsync($"/sessions/{stopped}/stop");
        for (var i = 1; i <= 5; i++)
        {
            await fixture.Database.ExecuteAsync(
                "insert into session_logs (session_id, at, level, message) values ($1, now(), 'info', $2)", running, $"line {i}");
        }

        Assert.Equal([stopped], await IdsAsync("/sessions?status=STOPPED"));
        Assert.Equal([running], await IdsAsync($"/sessions?strategyId={strategy}"));
        Assert.Equal([stopped, running], (await user.ListAsync("/sessions", pageSize: 1)).Select(session => session.GetProperty("id").GetGuid()));
        Assert.Equal(
            ["line 5", "line 4", "line 3", "line 2", "line 1"],
            (await user.ListAsync($"/sessions/{running}/logs")).Select(line => line.GetProperty("message").GetString()));

        async Task<IEnumerable<Guid>> IdsAsync(string path) =>
            (await user.GetAsync(path)).GetProperty("items").EnumerateArray().Select(session => session.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task A_repeated_request_with_the_same_key_starts_one_session()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();

        using var first = await user.SendAsync(HttpMethod.Post, "/sessions", new { strategyId = strategy }, ("Idempotency-Key", "once"));
        using var second = await user.SendAsync(HttpMethod.Post, "/sessions", new { strategyId = strategy }, ("Idempotency-Key", "once"));

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Single((await user.GetAsync("/sessions")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task What_a_strategy_plots_and_keeps_is_shown()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        var empty = await user.GetAsync($"/sessions/{session}/notes");
        await fixture.Database.ExecuteAsync("""
            update sessions
            set state_metadata = '{"plots":{"spread":{"at":1709650800000,"value":1.5}},"state":{"version":1,"value":{"n":3},"of":"bar","seq":7}}'
            where id = $1
            """, session);

        var notes = await user.GetAsync($"/sessions/{session}/notes");

        Assert.Empty(empty.GetProperty("plots").EnumerateArray());
        var plot = Assert.Single(notes.GetProperty("plots").EnumerateArray());
        Assert.Equal(("spread", "2024-03-05T15:00:00Z", 1.5), (plot.GetProperty("name").GetString(), plot.GetProperty("at").GetString(), plot.GetProperty("value").GetDouble()));
        Assert.Equal(3, notes.GetProperty("state").GetProperty("n").GetInt32());
    }

    // What a worker does to the row when it claims the session.
    private Task RunAsync(Guid session, int leaseSeconds) => fixture.Database.ExecuteAsync("""
        update sessions
        set status = 'RUNNING', lease_owner = 'a worker', lease_epoch = 1, lease_expires_at = now() + make_interval(secs => $2),
            started_at = now()
        where id = $1
        """, session, leaseSeconds);
}
