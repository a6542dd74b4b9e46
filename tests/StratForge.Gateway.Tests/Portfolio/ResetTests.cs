using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Portfolio;
using StratForge.Gateway.Risk;
using StratForge.Gateway.Tests.Reconciliation;

namespace StratForge.Gateway.Tests.Portfolio;

public sealed class ResetTests : IAsyncLifetime
{
    private const string Path = "/api/users/me/virtual-account/reset";

    private TradingPlatform _platform = null!;

    public async Task InitializeAsync() => _platform = await TradingPlatform.StartAsync(("USD", 1_000_000));

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_new_beginning_leaves_the_deposit_no_positions_and_the_whole_history()
    {
        var user = await _platform.Gateway.NewUserAsync();
        await _platform.TradeAsync(user, "AAPL", "buy", 10, 100);
        await _platform.TradeAsync(user, "AAPL", "sell", 4, 110);

        var reset = await user.PostForAsync(Path, new { reason = "a new term" });
        var portfolio = await user.GetAsync("/api/portfolio");

        Assert.Equal("100000", reset.GetProperty("deposit").GetString());
        Assert.Equal("100000", portfolio.GetProperty("equity").GetString());
        Assert.Equal("0", portfolio.GetProperty("realisedPnl").GetString());
        Assert.Equal("0", portfolio.GetProperty("dayChange").GetString());
        Assert.Equal(reset.GetProperty("at").GetString(), portfolio.GetProperty("resetAt").GetString());
        Assert.Equal(0, portfolio.GetProperty("positions").GetArrayLength());
        Assert.Equal(2, (await user.ListAsync("/api/trades")).Count);
        Assert.Equal("a new term", await _platform.Database.ValueAsync<string>("select reason from account_resets where user_id = $1", user.Id));
        Assert.Equal("reset", JsonElement.Parse((await _platform.Database.ValueAsync<string>(
            "select data::text from user_events where user_id = $1 and kind = 'portfolio'", user.Id))!).GetProperty("reason").GetString());
        Assert.Equal(0, await _platform.Database.ValueAsync<long>(
            "select a.last_event_id - (select count(*) from user_events e where e.user_id = a.user_id) from accounts a where a.user_id = $1", user.Id));
        var statement = await user.GetAsync("/api/statements");
        Assert.True(statement.GetProperty("check").GetProperty("matches").GetBoolean());
        Assert.Equal("200000", statement.GetProperty("deposits").GetString());
    }

    [Fact]
    public async Task Equity_that_was_read_before_does_not_take_the_new_beginnings_place()
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);
        await user.PostForAsync(Path);

        await using (var connection = await _platform.Database.DataSource.OpenConnectionAsync())
        {
            await PortfolioStore.AddSamplesAsync(connection, TradingPlatform.Now, [user.Id], [100_040], [100_040], CancellationToken.None);
        }

        Assert.Equal("0", (await user.GetAsync("/api/portfolio")).GetProperty("dayChange").GetString());
    }

    [Fact]
    public async Task What_it_held_is_the_houses_and_still_at_the_broker()
    {
        var user = await _platform.Gateway.NewUserAsync();
        await _platform.TradeAsync(user, "AAPL", "buy", 10, 100);
        await user.PostForAsync(Path);

        var aapl = (await _platform.CheckAsync())["AAPL"];

        Assert.Equal("matches", aapl.GetProperty("status").GetString());
        Assert.Equal("10", aapl.GetProperty("madeUpOf").GetProperty("house").GetString());
        Assert.Equal("0", aapl.GetProperty("madeUpOf").GetProperty("users").GetString());
    }

    [Fact]
    public async Task Equity_and_the_days_gain_count_from_the_new_beginning()
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);
        await _platform.Database.ExecuteAsync(
            "insert into equity_samples (user_id, at, equity, cash) values ($1, $2, 80000, 80000)", user.Id, TradingPlatform.Now.AddHours(-1));
        await user.PostForAsync(Path);
        await _platform.TradeAsync(user, "AAPL", "buy", 10, 100);
        _platform.Price("AAPL", 103);

        var portfolio = await user.GetAsync("/api/portfolio");
        var before = await user.GetAsync($"/api/portfolio?from={TradingPlatform.Now.AddHours(-2):yyyy-MM-ddTHH:mm:ssZ}");

        Assert.Equal("30", portfolio.GetProperty("dayChange").GetString());
        Assert.DoesNotContain(portfolio.GetProperty("equityHistory").EnumerateArray(), sample => sample.GetProperty("equity").GetString() == "80000");
        Assert.Contains(before.GetProperty("equityHistory").EnumerateArray(), sample => sample.GetProperty("equity").GetString() == "80000");
    }

    [Fact]
    public async Task The_daily_loss_counts_from_the_new_beginning_too()
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);
        await _platform.Database.ExecuteAsync(
            "insert into equity_samples (user_id, at, equity, cash) values ($1, $2, 130000, 130000)", user.Id, TradingPlatform.Now.AddHours(-1));
        var store = _platform.Gateway.Services.GetRequiredService<RiskStore>();
        var midnight = new DateTimeOffset(TradingPlatform.Now.Date, TimeSpan.Zero);

        var before = await store.ReadOpeningsAsync(midnight, TradingPlatform.Now, CancellationToken.None);
        await user.PostForAsync(Path);
        var after = await store.ReadOpeningsAsync(midnight, TradingPlatform.Now, CancellationToken.None);

        Assert.Equal((130_000m, 100_000m), (before[user.Id], after[user.Id]));
    }

    [Fact]
    public async Task Nothing_may_be_open_and_the_refusal_says_what_is()
    {
        var user = await _platform.Gateway.NewUserAsync();
        var order = await _platform.PlaceAsync(user, "AAPL", "buy", 1, 100);
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());

        var running = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, Path);
        using var stop = await user.PostAsync($"/sessions/{session}/stop");
        var open = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, Path);
        using var cancel = await user.SendAsync(HttpMethod.Delete, $"/trade/orders/{order}");
        await Eventually.BecomesAsync(() => user.GetAsync($"/trade/orders/{order}"), state => state.GetProperty("status").GetString() == "canceled");

        Assert.Equal("sessions-running", running.GetProperty("code").GetString());
        Assert.Contains(session.ToString(), running.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("orders-open", open.GetProperty("code").GetString());
        Assert.Contains(order.ToString(), open.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("100000", (await user.PostForAsync(Path)).GetProperty("deposit").GetString());
    }

    [Fact]
    public async Task A_session_that_begins_at_the_last_moment_stops_it()
    {
        var user = await _platform.Gateway.NewUserAsync();
        await user.NewSessionAsync(await user.NewStrategyAsync());

        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _platform.Database.ExecuteAsync("select assert_no_sessions($1)", user.Id));

        Assert.Equal("SF003", refusal.SqlState);
    }

    [Fact]
    public async Task The_same_request_begins_anew_once()
    {
        var user = await _platform.Gateway.NewUserAsync();
        using var first = await user.SendAsync(HttpMethod.Post, Path, null, ("Idempotency-Key", "once"));
        await _platform.Database.ExecuteAsync("delete from idempotency_keys where user_id = $1", user.Id);
        using var again = await user.SendAsync(HttpMethod.Post, Path, null, ("Idempotency-Key", "once"));

        Assert.Equal((await Client.JsonOf(first)).GetProperty("id").GetGuid(), (await Client.JsonOf(again)).GetProperty("id").GetGuid());
        Assert.Equal(1, await _platform.Database.ValueAsync<long>("select count(*) from account_resets where user_id = $1", user.Id));
        Assert.Equal(1, await _platform.Database.ValueAsync<long>(
            "select count(*) from ledger_entries where credit_owner = $1 and reason = 'deposit' and booked_at > (select opened_at from accounts where user_id = $1)", user.Id));
    }
}
