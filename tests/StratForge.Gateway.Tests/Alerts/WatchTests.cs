using StratForge.Gateway.Tests.Reconciliation;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>Alerts about what accounts and sessions come to, and about what happens to them.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Losses_and_drawdowns_of_accounts_and_sessions_are_told_at_the_price_that_brings_them()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        var user = await platform.Gateway.NewUserAsync();
        await platform.TradeAsync(user, "AAPL", "buy", 10, 100);
        await platform.Database.ExecuteAsync(
            "insert into equity_samples (user_id, at, equity, cash) values ($1, $2, 100000, 99000) on conflict do nothing", user.Id, TradingPlatform.Now);
        var session = await user.NewSessionAsync(await user.NewStrategyAsync("AAPL"), "AAPL");
        // As if the session had bought them, and had gained 20 before.
        await platform.Database.ExecuteAsync("update positions set session_id = $2, realised_pnl = 20 where user_id = $1", user.Id, session);
        object[] wanted =
        [
            new { name = "Loss", kind = "pnl_below", level = -50 },
            new { name = "Fall", kind = "drawdown", level = 50 },
            new { name = "Share", kind = "drawdown_percent", level = 0.05m },
            new { name = "Session", kind = "pnl_below", level = 0, sessionId = session },
            new { name = "Session's fall", kind = "drawdown", level = 25, sessionId = session },
        ];
        var alerts = new List<Guid>();
        foreach (var alert in wanted)
        {
            alerts.Add(await AlertHouse.WaitingAsync(user, alert));
        }

        platform.Price("AAPL", 94);
        foreach (var alert in alerts)
        {
            await AlertHouse.FiredAsync(user, alert, 1);
        }

        var told = (await user.ListAsync("/api/alerts/firings")).ToDictionary(
            firing => firing.GetProperty("name").GetString()!, firing => firing.GetProperty("message").GetString());
        // Ten units lost 6 each; the session falls from its gain.
        Assert.Equal("The day's P&L is -60.00 USD, below -50.", told["Loss"]);
        Assert.Equal("The account is 60.00 USD below its peak; the limit is 50.", told["Fall"]);
        Assert.Equal("The account is 0.06 % below its peak; the limit is 0.05 %.", told["Share"]);
        Assert.Equal("The session's P&L is -40.00 USD, below 0.", told["Session"]);
        Assert.Equal("The session is 60.00 USD below its peak; the limit is 25.", told["Session's fall"]);
    }

    [Fact]
    public async Task A_drawdown_is_measured_from_the_peak_that_was_reached_while_nobody_watched()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        var user = await platform.Gateway.NewUserAsync();
        await platform.TradeAsync(user, "AAPL", "buy", 10, 100);
        await platform.Database.ExecuteAsync(
            "insert into equity_samples (user_id, at, equity, cash) values ($1, $2, 100000, 99000) on conflict do nothing", user.Id, TradingPlatform.Now);
        // The gateway takes its first sample within two seconds, and with the price of then it would be another opening.
        await platform.Database.ExecuteAsync("create function pass_over() returns trigger language plpgsql as 'begin return null; end'");
        await platform.Database.ExecuteAsync("create trigger samples_stay before insert on equity_samples for each row execute function pass_over()");
        var fall = await AlertHouse.WaitingAsync(user, new { name = "Fall", kind = "drawdown", level = 50 });
        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{fall}", new { enabled = false });

        // Another alert has the account looked at all the same, and tells that it was.
        var gain = await AlertHouse.WaitingAsync(user, new { name = "Gain", kind = "pnl_above", level = 150 });
        platform.Price("AAPL", 120);
        await AlertHouse.FiredAsync(user, gain, 1);
        await platform.Database.ExecuteAsync(
            "update equity_samples set equity = 100200 where user_id = $1 and at = $2", user.Id, TradingPlatform.Now);
        platform.Price("AAPL", 105);
        await user.SendAsync(HttpMethod.Patch, $"/api/alerts/{fall}", new { enabled = true });

        // 150 below 100,200: beyond its level of 50 from the beginning.
        await AlertHouse.BecomesAsync(user, fall, "beyond");
    }

    [Fact]
    public async Task A_session_that_fails_and_a_drift_are_told_once_each_to_whom_they_concern()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        var user = await platform.Gateway.NewUserAsync();
        var stranger = await platform.Gateway.NewUserAsync();
        var strategy = await user.NewStrategyAsync();
        var (first, second) = (await user.NewSessionAsync(strategy), await user.NewSessionAsync(await user.NewStrategyAsync("AAPL"), "AAPL"));
        var every = await AlertHouse.WaitingAsync(user, new { name = "Any", kind = "session_failed", repeats = true });
        var one = await AlertHouse.WaitingAsync(user, new { name = "One", kind = "session_failed", repeats = true, sessionId = second });
        var theirs = await AlertHouse.WaitingAsync(stranger, new { name = "Theirs", kind = "session_failed", repeats = true });
        var once = await AlertHouse.WaitingAsync(user, new { name = "Once", kind = "session_failed" });
        var drift = await AlertHouse.WaitingAsync(platform.Admin, new { name = "Drift", kind = "reconciliation_drift", repeats = true });

        await FailAsync(first, second);
        await AlertHouse.FiredAsync(user, every, 2);
        await AlertHouse.FiredAsync(user, one, 1);
        platform.Venue.Put("USD", 5);
        await platform.CheckAsync();
        await platform.CheckAsync();
        await AlertHouse.FiredAsync(platform.Admin, drift, 1);

        Assert.Equal(0, (await stranger.GetAsync($"/api/alerts/{theirs}")).GetProperty("firings").GetInt32());
        Assert.Equal(2, (await user.GetAsync($"/api/alerts/{every}")).GetProperty("firings").GetInt32());
        Assert.Equal(1, (await user.GetAsync($"/api/alerts/{once}")).GetProperty("firings").GetInt32());
        Assert.Empty(platform.Gateway.Faults.Logged);
        var told = (await user.ListAsync($"/api/alerts/{one}/firings")).Single();
        Assert.Equal("The session in AAPL failed: It crashed.", told.GetProperty("message").GetString());
        Assert.Equal(second, told.GetProperty("sessionId").GetGuid());
        Assert.Equal(
            "The broker has 5 USD more than the books.",
            (await platform.Admin.ListAsync($"/api/alerts/{drift}/firings")).Single().GetProperty("message").GetString());

        Task FailAsync(params Guid[] sessions) => platform.Database.ExecuteAsync(
            "update sessions set status = 'FAILED', failure_code = 'CRASHED', failure_detail = 'It crashed.', ended_at = now(), lease_owner = null where id = any ($1)",
            [sessions]);
    }
}
