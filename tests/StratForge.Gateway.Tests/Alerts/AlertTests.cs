using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Alerts;
using StratForge.Gateway.Tests.Streams;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>Alerts about prices, from the request to the event.</summary>
public sealed class AlertTests(AlertHouse house) : IClassFixture<AlertHouse>
{
    private RunningGateway Gateway => house.Gateway;

    [Fact]
    public async Task A_price_that_crosses_the_level_is_told_once_on_live_and_kept()
    {
        var user = await Gateway.NewUserAsync();
        await using var live = await StreamVisitor.ConnectAsync(user, "/live");
        await live.SubscribeAsync(["alerts"]);
        house.Price("AAPL", 199);
        var alert = await AlertHouse.WaitingAsync(
            user, new { name = "Apple is dear", kind = "price_above", symbol = "AAPL", level = 200, hysteresis = 2, repeats = true, coolDownSeconds = 0 });

        foreach (var price in new[] { 199.5m, 200, 201, 199, 202, 199.5m, 203 })
        {
            house.Price("AAPL", price);
        }

        var first = await live.NextAsync("event");
        house.Price("AAPL", 197);
        await AlertHouse.BecomesAsync(user, alert, "waiting");
        house.Price("AAPL", 210);
        var second = await live.NextAsync("event");

        Assert.Equal("alert", first.GetProperty("kind").GetString());
        Assert.Equal(1, await house.Database.ValueAsync<long>("select count(*) from watched_symbols where symbol = 'AAPL'"));
        Assert.Equal("Apple is dear", first.GetProperty("data").GetProperty("name").GetString());
        Assert.Equal("AAPL is at 210, above 200.", second.GetProperty("data").GetProperty("message").GetString());
        var history = await user.ListAsync($"/api/alerts/{alert}/firings", pageSize: 1);
        Assert.Equal(["210", "200"], history.Select(firing => firing.GetProperty("value").GetString()));
        Assert.Equal(history.Select(Id), (await user.ListAsync("/api/alerts/firings")).Select(Id));
        Assert.Equal(first.GetProperty("data").GetProperty("firingId").GetGuid(), Id(history[1]));
    }

    [Fact]
    public async Task An_alert_for_once_is_off_after_it_fired_and_begins_anew_when_it_is_switched_on()
    {
        var user = await Gateway.NewUserAsync();
        house.Price("SPY", 501);
        var alert = await AlertHouse.WaitingAsync(user, new { name = "Down", kind = "price_below", symbol = "SPY", level = 500 });

        house.Price("SPY", 499);
        var fired = await AlertHouse.BecomesAsync(user, alert, "off");
        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { enabled = true });
        await AlertHouse.BecomesAsync(user, alert, "beyond");

        Assert.Equal(1, fired.GetProperty("firings").GetInt32());
        Assert.False(fired.GetProperty("enabled").GetBoolean());
        Assert.Equal(1, (await user.GetAsync($"/api/alerts/{alert}")).GetProperty("firings").GetInt32());
    }

    [Fact]
    public async Task What_happens_during_the_cool_down_is_passed_over()
    {
        var user = await Gateway.NewUserAsync();
        house.Price("BTC/USD", 99_000);
        var alert = await AlertHouse.WaitingAsync(
            user, new { name = "Round", kind = "price_crosses", symbol = "BTC/USD", level = 100_000, repeats = true, coolDownSeconds = 3600 });

        house.Price("BTC/USD", 101_000);
        await AlertHouse.FiredAsync(user, alert, 1);
        house.Price("BTC/USD", 99_000);
        await Eventually.BecomesAsync(
            () => house.Database.ValueAsync<short>("select side from alerts where id = $1", alert), side => side == -1);

        Assert.Equal(1, (await user.GetAsync($"/api/alerts/{alert}")).GetProperty("firings").GetInt32());
    }

    [Fact]
    public async Task What_was_told_so_long_ago_that_the_history_has_forgotten_it_is_not_told_again()
    {
        var user = await Gateway.NewUserAsync();
        var (old, fresh) = (await user.NewSessionAsync(await user.NewStrategyAsync()), await user.NewSessionAsync(await user.NewStrategyAsync("AAPL"), "AAPL"));
        var alert = await AlertHouse.WaitingAsync(user, new { name = "Failures", kind = "session_failed", repeats = true });

        await house.Database.ExecuteAsync("update alerts set armed_at = now() - interval '200 days' where id = $1", alert);
        await house.Database.ExecuteAsync(
            """
            update sessions
            set status = 'FAILED', failure_code = 'CRASHED', ended_at = case when id = $1 then now() - interval '91 days' else now() end, lease_owner = null
            where id = $1 or id = $2
            """, old, fresh);
        await AlertHouse.FiredAsync(user, alert, 1);

        Assert.Equal(fresh, (await user.ListAsync($"/api/alerts/{alert}/firings")).Single().GetProperty("sessionId").GetGuid());
    }

    [Fact]
    public async Task An_alert_is_tested_once_in_a_few_seconds()
    {
        var user = await Gateway.NewUserAsync();
        var alert = (await user.PostForAsync("/api/alerts", new { name = "Eager", kind = "price_above", symbol = "SPY", level = 900 })).GetProperty("id").GetGuid();
        await user.PostForAsync($"/api/alerts/{alert}/test");

        using var again = await user.PostAsync($"/api/alerts/{alert}/test");
        await house.Database.ExecuteAsync("update alert_firings set fired_at = fired_at - interval '10 seconds' where alert_id = $1", alert);
        var later = await user.PostForAsync($"/api/alerts/{alert}/test");

        Assert.Equal("tested-just-now", (await Client.ProblemOf(again, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        Assert.InRange(again.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 5);
        Assert.True(later.GetProperty("isTest").GetBoolean());
    }

    [Fact]
    public async Task An_alert_that_cannot_be_written_holds_up_no_other_and_not_the_gateway()
    {
        var user = await Gateway.NewUserAsync();
        house.Price("MSFT", 399);
        var alert = await AlertHouse.WaitingAsync(user, new { name = "Good", kind = "price_above", symbol = "MSFT", level = 400 });
        await house.Database.ExecuteAsync("""
            with stranger as (
                insert into users (id, email, username, password_hash, created_at, updated_at)
                values (gen_random_uuid(), 'stranger@example.org', 'stranger', '', now(), now())
                returning id)
            insert into alerts (id, user_id, name, kind, symbol, level, hysteresis, repeats, cool_down_seconds, enabled, muted, webhook_ids, side, armed_at, created_at)
            select gen_random_uuid(), id, 'Without an account', 'price_above', 'MSFT', 400, 1, false, 0, true, false, '{}', -1, now(), now() from stranger
            """);
        // Changing any alert has all read again.
        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { name = "Better" });
        await Eventually.BecomesAsync(
            () => Task.FromResult(Gateway.Services.GetRequiredService<AlertList>().OfPrice("MSFT").Count), watched => watched == 2);

        house.Price("MSFT", 401);

        await AlertHouse.FiredAsync(user, alert, 1);
        await Eventually.BecomesAsync(
            () => Task.FromResult(Gateway.Faults.Logged.OfType<InvalidOperationException>().Count()), faults => faults > 0);
        await house.Database.ExecuteAsync("delete from alerts where name = 'Without an account'");
    }

    [Fact]
    public async Task A_muted_alert_is_noted_and_told_nobody_and_a_test_is_told_as_a_test()
    {
        var user = await Gateway.NewUserAsync();
        await using var live = await StreamVisitor.ConnectAsync(user, "/live");
        await live.SubscribeAsync(["alerts"]);
        var alert = (await user.PostForAsync("/api/alerts", new { name = "Quiet", kind = "price_above", symbol = "SPY", level = 900, muted = true }))
            .GetProperty("id").GetGuid();

        var muted = await user.PostForAsync($"/api/alerts/{alert}/test");
        await house.Database.ExecuteAsync("update alert_firings set fired_at = fired_at - interval '10 seconds' where alert_id = $1", alert);
        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { muted = false, name = "Loud" });
        var told = await user.PostForAsync($"/api/alerts/{alert}/test");
        var heard = await live.NextAsync("event");

        Assert.True(muted.GetProperty("isMuted").GetBoolean());
        Assert.True(told.GetProperty("isTest").GetBoolean());
        Assert.Equal(Id(told), heard.GetProperty("data").GetProperty("firingId").GetGuid());
        Assert.Equal("Loud", heard.GetProperty("data").GetProperty("name").GetString());
        Assert.Equal(2, (await user.GetAsync($"/api/alerts/{alert}")).GetProperty("firings").GetInt32());
    }

    [Theory]
    [InlineData("""{"kind":"price_above","symbol":"SPY","level":1}""", "name")]
    [InlineData("""{"name":"A","kind":"prices","symbol":"SPY","level":1}""", "kind")]
    [InlineData("""{"name":"A","kind":"price_above","level":1}""", "symbol")]
    [InlineData("""{"name":"A","kind":"price_above","symbol":"NONE","level":1}""", "symbol")]
    [InlineData("""{"name":"A","kind":"price_above","symbol":"SPY"}""", "level")]
    [InlineData("""{"name":"A","kind":"price_above","symbol":"SPY","level":-1}""", "level")]
    [InlineData("""{"name":"A","kind":"price_above","symbol":"SPY","level":5,"hysteresis":5}""", "hysteresis")]
    [InlineData("""{"name":"A","kind":"price_above","symbol":"SPY","level":5,"coolDownSeconds":-1}""", "coolDownSeconds")]
    [InlineData("""{"name":"A","kind":"price_above","symbol":"SPY","level":5,"sessionId":"01890000-0000-7000-8000-000000000000"}""", "sessionId")]
    [InlineData("""{"name":"A","kind":"pnl_below","level":-5,"sessionId":"01890000-0000-7000-8000-000000000000"}""", "sessionId")]
    [InlineData("""{"name":"A","kind":"drawdown_percent","level":101}""", "level")]
    [InlineData("""{"name":"A","kind":"session_failed","level":1}""", "level")]
    [InlineData("""{"name":"A","kind":"session_failed","webhookIds":["01890000-0000-7000-8000-000000000000"]}""", "webhookIds")]
    public async Task A_refusal_names_the_field(string alert, string field)
    {
        var user = await Gateway.NewUserAsync();

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/alerts", JsonElement.Parse(alert));

        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task A_change_is_judged_by_the_alert_it_changes()
    {
        var user = await Gateway.NewUserAsync();
        var alert = (await user.PostForAsync("/api/alerts", new { name = "A", kind = "price_above", symbol = "SPY", level = 900, hysteresis = 10 }))
            .GetProperty("id").GetGuid();

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Patch, $"/api/alerts/{alert}", new { level = 10 });

        Assert.True(problem.GetProperty("errors").TryGetProperty("hysteresis", out _), problem.ToString());
    }

    [Fact]
    public async Task A_way_back_that_the_level_chose_goes_with_the_level_and_one_that_was_given_stays()
    {
        var user = await Gateway.NewUserAsync();
        var alert = (await user.PostForAsync("/api/alerts", new { name = "A", kind = "price_above", symbol = "SPY", level = 900 })).GetProperty("id").GetGuid();

        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { level = 600 });
        var chosen = await user.GetAsync($"/api/alerts/{alert}");
        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { hysteresis = 5 });
        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { level = 700 });
        var given = await user.GetAsync($"/api/alerts/{alert}");

        Assert.Equal("0.6", chosen.GetProperty("hysteresis").GetString());
        Assert.Equal("5", given.GetProperty("hysteresis").GetString());
    }

    [Theory]
    [InlineData("price_above", "AAPL")]
    [InlineData("pnl_above", null)]
    [InlineData("drawdown", null)]
    [InlineData("drawdown_percent", null)]
    public async Task A_way_back_that_the_level_chose_is_never_what_a_change_is_refused_for(string kind, string? symbol)
    {
        var user = await Gateway.NewUserAsync();
        var alert = (await user.PostForAsync("/api/alerts", new { name = "A", kind, symbol, level = 0.123456789m })).GetProperty("id").GetGuid();

        foreach (var level in new[] { 0.987654321m, 0.000000003m, 0.000000001m, 7.000000001m })
        {
            using var changed = await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{alert}", new { level });
            Assert.Equal(level, decimal.Parse((await Client.JsonOf(changed)).GetProperty("level").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task A_user_has_a_hundred_alerts_at_most_and_only_admins_watch_the_broker()
    {
        var user = await Gateway.NewUserAsync();
        await house.Database.ExecuteAsync("""
            insert into alerts (id, user_id, name, kind, repeats, cool_down_seconds, enabled, muted, webhook_ids, armed_at, created_at)
            select gen_random_uuid(), $1, 'One of many', 'session_failed', true, 0, false, false, '{}', now(), now() from generate_series(1, 100)
            """, user.Id);

        var full = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/api/alerts", new { name = "A", kind = "session_failed" });
        var forbidden = await user.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "/api/alerts", new { name = "A", kind = "reconciliation_drift" });

        Assert.Equal("too-many-alerts", full.GetProperty("code").GetString());
        Assert.Equal("forbidden", forbidden.GetProperty("code").GetString());
        Assert.Equal(100, (await user.ListAsync("/api/alerts", pageSize: 60)).Count);
    }

    private static Guid Id(JsonElement item) => item.GetProperty("id").GetGuid();
}
