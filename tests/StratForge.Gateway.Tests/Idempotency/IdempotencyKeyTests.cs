using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace StratForge.Gateway.Tests.Idempotency;

/// <summary>What is created under a key is created once, whatever becomes of the gateway and its answer.</summary>
[Collection(OneGateway.Name)]
public sealed class IdempotencyKeyTests(GatewayFixture fixture)
{
    private const string Key = "once";

    private RunningGateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData("session")]
    [InlineData("session of a strategy")]
    [InlineData("strategy")]
    [InlineData("replay")]
    [InlineData("download")]
    [InlineData("alert")]
    public async Task What_a_gateway_created_that_died_before_its_answer_was_kept_is_found_by_the_repeat(string kind)
    {
        var user = await Gateway.NewUserAsync();
        var (path, body, list) = await WishAsync(user, kind);
        using var first = await AskAsync(user, path, body);
        var id = IdOf(await Client.JsonOf(first));
        await fixture.Database.ExecuteAsync(
            "update idempotency_keys set status = null, body = null, claimed_at = claimed_at - interval '61 seconds' where user_id = $1", user.Id);

        using var second = await AskAsync(user, path, body);
        using var third = await AskAsync(user, path, body);

        Assert.Equal((first.StatusCode, false), (second.StatusCode, IsReplayed(second)));
        Assert.Equal(id, IdOf(await Client.JsonOf(second)));
        Assert.True(IsReplayed(third));
        Assert.Equal(id, Assert.Single((await user.GetAsync(list)).GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task A_key_names_something_new_a_day_later_and_another_request_never()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();
        using var first = await AskAsync(user, "/sessions", new { strategyId = strategy });
        await fixture.Database.ExecuteAsync("update idempotency_keys set status = null, body = null, claimed_at = null where user_id = $1", user.Id);

        using var other = await AskAsync(user, "/sessions", new { strategyId = strategy, mode = "OBSERVE" });
        await fixture.Database.ExecuteAsync("update idempotency_keys set created_at = created_at - interval '25 hours' where user_id = $1", user.Id);
        using var later = await AskAsync(user, "/sessions", new { strategyId = strategy });

        Assert.Equal("idempotency-key-reused", (await Client.ProblemOf(other, HttpStatusCode.UnprocessableEntity)).GetProperty("code").GetString());
        Assert.NotEqual(IdOf(await Client.JsonOf(first)), IdOf(await Client.JsonOf(later)));
    }

    [Fact]
    public async Task An_answer_that_can_not_be_kept_leaves_one_session_which_the_repeat_finds()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();
        await fixture.Database.ExecuteAsync("""
            create function keep_nothing() returns trigger language plpgsql as $$ begin raise exception 'away' using errcode = '57P03'; end $$
            """);
        await fixture.Database.ExecuteAsync($"""
            create trigger keep_nothing before update on idempotency_keys
            for each row when (new.status is not null and new.user_id = '{user.Id}') execute function keep_nothing()
            """);

        using var lost = await AskAsync(user, "/sessions", new { strategyId = strategy });
        await fixture.Database.ExecuteAsync("drop trigger keep_nothing on idempotency_keys");
        using var repeated = await AskAsync(user, "/sessions", new { strategyId = strategy });

        await Client.ProblemOf(lost, HttpStatusCode.ServiceUnavailable);
        var session = IdOf(await Client.JsonOf(repeated));
        Assert.Equal(session, Assert.Single((await user.GetAsync("/sessions")).GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task A_session_that_is_committed_is_answered_though_the_bus_can_not_be_told()
    {
        var user = await Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync("AAPL");
        await using var turn = await HoldAsync("AAPL");

        var asked = user.PostAsync("/sessions", new { strategyId = strategy });
        await Eventually.BecomesAsync(
            () => fixture.Database.ValueAsync<long>(
                "select count(*) from (select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())) ended"),
            ended => ended > 0);
        using var answer = await asked;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Whoever_hangs_up_before_the_answer_gets_the_whole_of_it_when_he_asks_again()
    {
        var hangUps = new HangUps();
        await using var gateway = await RunningGateway.StartAsync(
            fixture.Database, fixture.Redis, services => services.AddSingleton<IStartupFilter>(hangUps));
        var user = await Client.RegisterAsync(gateway.Address, "impatient");
        var strategy = await user.NewStrategyAsync("AAPL");
        var turn = await HoldAsync("AAPL");
        using var patience = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sessions") { Content = JsonContent.Create(new { strategyId = strategy }) };
        request.Headers.Add("Idempotency-Key", Key);

        var hungUp = user.Http.SendAsync(request, patience.Token);
        await Eventually.BecomesAsync(() => fixture.Database.ValueAsync<long>("select count(*) from sessions where user_id = $1", user.Id), count => count == 1);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hungUp);
        await hangUps.Heard.WaitAsync(TimeSpan.FromSeconds(10));
        await turn.DisposeAsync();

        var answer = await Eventually.BecomesAsync(
            async () =>
            {
                using var response = await AskAsync(user, "/sessions", new { strategyId = strategy });
                return (Status: response.StatusCode, Text: await response.Content.ReadAsStringAsync());
            },
            answer => answer.Status != HttpStatusCode.Conflict);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("STARTING", JsonElement.Parse(answer.Text).GetProperty("data").GetProperty("session").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_stored_answer_says_where_the_new_thing_is_and_what_its_tag_is()
    {
        var user = await Gateway.NewUserAsync();
        var wish = new { name = "Once", language = "python", symbol = "SPY", code = "pass" };

        using var first = await AskAsync(user, "/api/strategies", wish);
        using var again = await AskAsync(user, "/api/strategies", wish);

        Assert.True(IsReplayed(again));
        Assert.NotNull(first.Headers.ETag);
        Assert.NotNull(first.Headers.Location);
        Assert.Equal((first.Headers.ETag, first.Headers.Location), (again.Headers.ETag, again.Headers.Location));
    }

    private static async Task<(string Path, object Body, string List)> WishAsync(Client user, string kind)
    {
        switch (kind)
        {
            case "session":
                return ("/sessions", new { strategyId = await user.NewStrategyAsync() }, "/sessions");
            case "session of a strategy":
                return ($"/api/strategies/{await user.NewStrategyAsync()}/start", new { }, "/sessions");
            case "strategy":
                return ("/api/strategies", new { name = "Once", language = "python", symbol = "SPY", code = "pass" }, "/api/strategies");
            case "replay":
                var session = await user.NewSessionAsync(await user.NewStrategyAsync());
                return ($"/sessions/{session}/replay", new { }, $"/sessions/{session}/replays");
            case "download":
                return ("/api/market-data/downloads", new { symbols = new[] { "SPY" }, start = "2024-03-05T14:30:00Z", end = "2024-03-05T14:40:00Z" }, "/api/market-data/jobs");
            default:
                return ("/api/alerts", new { name = "Dear", kind = "price_above", symbol = "SPY", level = 600 }, "/api/alerts");
        }
    }

    private static Task<HttpResponseMessage> AskAsync(Client user, string path, object body) =>
        user.SendAsync(HttpMethod.Post, path, body, ("Idempotency-Key", Key));

    private static bool IsReplayed(HttpResponseMessage response) => response.Headers.Contains("Idempotency-Replayed");

    private static Guid IdOf(JsonElement created) =>
        (created.TryGetProperty("data", out var data) ? data.GetProperty("session") : created).GetProperty("id").GetGuid();

    // Whoever tells the bus of a symbol waits for it, until this is disposed of.
    private async Task<NpgsqlConnection> HoldAsync(string symbol)
    {
        var connection = new NpgsqlConnection($"{fixture.Database.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('subscription:' || $1, 0))", connection);
        command.Parameters.Add(new() { Value = symbol });
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    // Knows when the gateway has noticed that a caller is gone.
    private sealed class HangUps : IStartupFilter
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Heard => _heard.Task;

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, after) =>
            {
                await using var hungUp = context.RequestAborted.Register(() => _heard.TrySetResult());
                await after(context);
            });
            next(app);
        };
    }
}
