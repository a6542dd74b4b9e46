using System.Net;
using System.Text.Json;

namespace StratForge.Gateway.Tests.Reconciliation;

public sealed class ReconciliationTests
{
    [Fact]
    public async Task What_was_in_the_account_before_is_the_houses_and_the_sums_agree_from_the_start()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 250_000.07m), ("AAPL", 7), ("BTC/USD", 0.123456789m));

        var assets = TradingPlatform.ByAsset(await platform.Admin.GetAsync("/api/admin/reconciliation"));
        var history = await platform.HistoryAsync();

        Assert.Equal(["USD", "AAPL", "BTC/USD"], assets.Keys);
        Assert.All(assets.Values, asset => Assert.Equal("0", asset.GetProperty("difference").GetString()));
        Assert.Equal("250000.07", assets["USD"].GetProperty("expected").GetString());
        Assert.Equal("0.123456789", assets["BTC/USD"].GetProperty("madeUpOf").GetProperty("house").GetString());
        Assert.Equal(["opening"], history.Select(entry => entry.GetProperty("kind").GetString()).Distinct());
        Assert.Equal(3, history.Count);
        Assert.Equal(["matches"], (await platform.CheckAsync()).Values.Select(asset => asset.GetProperty("status").GetString()).Distinct());
        Assert.Empty(platform.Raised);
    }

    [Fact]
    public async Task Trading_leaves_books_and_broker_equal_to_the_last_digit()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        var (one, other) = (await platform.Gateway.NewUserAsync(), await platform.Gateway.NewUserAsync());

        await platform.TradeAsync(one, "BTC/USD", "buy", 0.123456789m, 42_123.45m);
        await platform.TradeAsync(one, "BTC/USD", "sell", 0.05m, 43_000.01m);
        await platform.TradeAsync(one, "AAPL", "buy", 3, 187.37m);
        await platform.TradeAsync(other, "AAPL", "buy", 5, 187.41m);
        await platform.TradeAsync(other, "AAPL", "sell", 2, 190.03m);
        var assets = await platform.CheckAsync();

        Assert.All(assets.Values, asset => Assert.Equal("matches", asset.GetProperty("status").GetString()));
        Assert.Equal("6", assets["AAPL"].GetProperty("actual").GetString());
        // 0.123456789 less a fee of 0.000308642, less the 0.05 that were sold.
        Assert.Equal("0.073148147", assets["BTC/USD"].GetProperty("expected").GetString());
        Assert.Equal(assets["USD"].GetProperty("actual").GetString(), assets["USD"].GetProperty("expected").GetString());
        Assert.Empty(platform.Raised);
    }

    [Fact]
    public async Task A_fill_that_was_not_heard_of_is_in_flight_and_no_alarm()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        var user = await platform.Gateway.NewUserAsync();
        platform.Venue.IsSilent = true;
        platform.Venue.FillsAt = 100;
        var order = await platform.PlaceAsync(user, "AAPL", "buy", 10, 100);
        await Eventually.BecomesAsync(
            () => platform.Admin.GetAsync("/api/admin/broker/positions"), positions => positions.GetArrayLength() == 1);

        var unheard = await platform.CheckAsync();
        var report = await platform.Admin.GetAsync("/api/admin/reconciliation");
        platform.Venue.Speak();
        await Eventually.BecomesAsync(() => user.GetAsync($"/trade/orders/{order}"), state => state.GetProperty("status").GetString() == "filled");
        var heard = await platform.CheckAsync();

        Assert.Equal("in_flight", unheard["AAPL"].GetProperty("status").GetString());
        Assert.Equal("10", unheard["AAPL"].GetProperty("difference").GetString());
        Assert.Equal("in_flight", unheard["USD"].GetProperty("status").GetString());
        Assert.Equal("-1000", unheard["USD"].GetProperty("difference").GetString());
        Assert.Equal("AAPL", Assert.Single(report.GetProperty("ordersInFlight").EnumerateArray()).GetProperty("symbol").GetString());
        Assert.All(heard.Values, asset => Assert.Equal("matches", asset.GetProperty("status").GetString()));
        Assert.Empty(platform.Raised);
        Assert.DoesNotContain(await platform.HistoryAsync(), entry => entry.GetProperty("kind").GetString() == "drift");
    }

    [Fact]
    public async Task An_open_order_hides_no_difference_that_it_can_not_have_made()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        var user = await platform.Gateway.NewUserAsync();
        await platform.PlaceAsync(user, "AAPL", "buy", 10, 100);
        await Eventually.BecomesAsync(() => platform.Admin.GetAsync("/api/admin/broker/orders"), orders => orders.GetArrayLength() == 1);

        platform.Venue.Put("AAPL", -4);

        Assert.Equal("drift", (await platform.CheckAsync())["AAPL"].GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_difference_that_stands_is_told_once_until_it_changes_or_is_gone()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        platform.Venue.Put("AAPL", 3);

        var drifting = (await platform.CheckAsync())["AAPL"];
        await platform.CheckAsync();
        Assert.Equal("drift", drifting.GetProperty("status").GetString());
        Assert.Equal("3", drifting.GetProperty("drift").GetString());
        Assert.Contains("0 in the books, 3 at the broker, 3 more there", Assert.Single(platform.Raised), StringComparison.Ordinal);

        platform.Venue.Put("AAPL", 2);
        await platform.CheckAsync();
        await platform.CheckAsync();
        Assert.Equal(2, platform.Raised.Count);

        platform.Venue.Put("AAPL", -5);
        var report = await platform.Admin.PostForAsync("/api/admin/reconciliation/check");
        Assert.Equal(0, report.GetProperty("drifting").GetInt32());
        var history = (await platform.HistoryAsync()).Where(entry => entry.GetProperty("asset").GetString() == "AAPL").ToArray();
        Assert.Equal(["recovered", "changed", "drift"], history.Select(entry => entry.GetProperty("kind").GetString()));
        Assert.Equal(["0", "5", "3"], history.Select(entry => entry.GetProperty("difference").GetString()));
        Assert.Equal(history[1].GetProperty("id").GetInt64(), history[0].GetProperty("driftId").GetInt64());
        Assert.Equal(2, platform.Raised.Count);
    }

    [Fact]
    public async Task A_repair_names_the_drift_and_the_reason_and_goes_to_suspense_once()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        platform.Venue.Put("USD", -12.34m);
        await platform.CheckAsync();

        var wrong = await platform.Admin.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/api/admin/reconciliation/repairs", new { asset = "USD", amount = 12.34m, reason = "a guess" });
        await platform.Admin.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/api/admin/reconciliation/repairs", new { asset = "USD", amount = -12.34m });
        var request = new { asset = "USD", amount = -12.34m, reason = "the venue's monthly fee" };
        using var first = await RepairAsync(platform, request, "one");
        using var again = await RepairAsync(platform, request, "one");
        var second = await platform.Admin.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/api/admin/reconciliation/repairs", request);

        Assert.Equal("drift-differs", wrong.GetProperty("code").GetString());
        Assert.Contains("-12.34", wrong.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal((await Client.JsonOf(first)).GetProperty("id").GetGuid(), (await Client.JsonOf(again)).GetProperty("id").GetGuid());
        Assert.Equal("no-drift", second.GetProperty("code").GetString());
        var usd = (await platform.CheckAsync())["USD"];
        Assert.Equal("matches", usd.GetProperty("status").GetString());
        Assert.Equal("-12.34", usd.GetProperty("madeUpOf").GetProperty("suspense").GetString());
        var repaired = (await platform.HistoryAsync())[0];
        Assert.Equal("repaired", repaired.GetProperty("kind").GetString());
        Assert.Equal("the venue's monthly fee", repaired.GetProperty("reason").GetString());
        Assert.Equal(platform.Admin.Id, repaired.GetProperty("actorId").GetGuid());
        Assert.Equal(1, await platform.Database.ValueAsync<long>("select count(*) from ledger_entries where reason = 'repair' and debit_kind = 'suspense' and amount = 12.34"));
    }

    [Fact]
    public async Task A_repaired_symbol_is_the_houses_and_trading_goes_on_from_there()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        var user = await platform.Gateway.NewUserAsync();
        platform.Venue.Put("AAPL", 2);
        await platform.CheckAsync();
        await platform.Admin.PostForAsync("/api/admin/reconciliation/repairs", new { asset = "AAPL", amount = 2, reason = "a gift of the venue" });

        await platform.TradeAsync(user, "AAPL", "buy", 1, 100);
        var aapl = (await platform.CheckAsync())["AAPL"];

        Assert.Equal("matches", aapl.GetProperty("status").GetString());
        Assert.Equal("3", aapl.GetProperty("expected").GetString());
        Assert.Equal("1", aapl.GetProperty("madeUpOf").GetProperty("users").GetString());
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_leaves_the_newest_report()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 500));
        var before = await platform.Admin.GetAsync("/api/admin/reconciliation");
        platform.Venue.IsAway = true;

        var check = await platform.Admin.RefusedAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Post, "/api/admin/reconciliation/check");
        var account = await platform.Admin.RefusedAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, "/api/admin/broker/account");

        Assert.Equal("broker-unavailable", check.GetProperty("code").GetString());
        Assert.Equal("broker-unavailable", account.GetProperty("code").GetString());
        Assert.Equal(
            before.GetProperty("assets")[0].GetProperty("expected").GetString(),
            (await platform.Admin.GetAsync("/api/admin/reconciliation")).GetProperty("assets")[0].GetProperty("expected").GetString());
    }

    [Fact]
    public async Task The_shared_account_is_shown_to_admins_alone()
    {
        await using var platform = await TradingPlatform.StartAsync(("USD", 321.09m));
        var user = await platform.Gateway.NewUserAsync();

        foreach (var path in (string[])["/api/admin/reconciliation", "/api/admin/broker/account", "/api/admin/broker/positions", "/api/admin/broker/orders"])
        {
            Assert.Equal("forbidden", (await user.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Get, path)).GetProperty("code").GetString());
        }

        Assert.Equal("321.09", (await platform.Admin.GetAsync("/api/admin/broker/account")).GetProperty("cash").GetString());
        using var file = await platform.Admin.SendAsync(HttpMethod.Get, "/api/admin/reconciliation/history?format=csv&kind=opening");
        Assert.StartsWith("id,at,asset,kind,expected,actual,difference", await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> RepairAsync(TradingPlatform platform, object request, string key) =>
        platform.Admin.SendAsync(HttpMethod.Post, "/api/admin/reconciliation/repairs", request, ("Idempotency-Key", key));
}
