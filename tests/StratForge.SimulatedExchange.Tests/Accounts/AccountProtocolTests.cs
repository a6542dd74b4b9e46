using System.Net;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Accounts;

public sealed class AccountProtocolTests
{
    private static Task<Answer> Trade(RunningExchange exchange, string side, decimal qty, string symbol = "SPY") =>
        exchange.PostOrderAsync(new { symbol, qty, side, type = "market", time_in_force = symbol.Contains('/', StringComparison.Ordinal) ? "gtc" : "day" });

    [Fact]
    public async Task Money_is_written_as_strings_and_flags_as_booleans()
    {
        await using var exchange = await RunningExchange.StartAsync();

        var account = await exchange.GetAsync("/v2/account");

        foreach (var name in (string[])["cash", "equity", "buying_power", "regt_buying_power", "last_equity", "long_market_value", "initial_margin", "multiplier"])
        {
            Assert.Equal(JsonValueKind.String, account[name].ValueKind);
        }

        foreach (var name in (string[])["trading_blocked", "transfers_blocked", "account_blocked", "pattern_day_trader", "trade_suspended_by_user"])
        {
            Assert.Equal(JsonValueKind.False, account[name].ValueKind);
        }

        Assert.Equal(("ACTIVE", "100000", "400000"), (account["status"].GetString(), account["cash"].GetString(), account["buying_power"].GetString()));
    }

    [Fact]
    public async Task A_position_shows_its_profit_at_the_last_price()
    {
        using var bars = BarFile.Flat("SPY", 100m, 110m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var flat = await exchange.GetAsync("/v2/positions/SPY");
        await Trade(exchange, "buy", 12.5m);
        exchange.Pass(TimeSpan.FromSeconds(65));

        var position = (await exchange.GetAsync("/v2/positions")).Body[0];

        Assert.Equal((HttpStatusCode.NotFound, 40410000, "position does not exist"), (flat.Status, flat.Code, flat.Message));
        var expected = new Dictionary<string, string>
        {
            ["symbol"] = "SPY", ["qty"] = "12.5", ["qty_available"] = "12.5", ["side"] = "long", ["avg_entry_price"] = "100", ["cost_basis"] = "1250",
            ["market_value"] = "1375", ["unrealized_pl"] = "125", ["unrealized_plpc"] = "0.1", ["current_price"] = "110", ["asset_class"] = "us_equity",
        };
        Assert.All(expected, field => Assert.Equal(field.Value, position.GetProperty(field.Key).GetString()));
        Assert.Equal("100125", (await exchange.GetAsync("/v2/account"))["equity"].GetString());
    }

    [Fact]
    public async Task Positions_close_in_part_and_whole()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Trade(exchange, "buy", 10m);

        var part = await exchange.DeleteAsync("/v2/positions/SPY?percentage=25");
        var some = await exchange.DeleteAsync("/v2/positions/SPY?qty=3");
        var left = await exchange.GetAsync("/v2/positions/SPY");
        var rest = await exchange.DeleteAsync("/v2/positions/SPY");

        Assert.Equal(("2", "sell", "market"), (part["qty"].GetString(), part["side"].GetString(), part["type"].GetString()));
        Assert.Equal(HttpStatusCode.OK, some.Status);
        Assert.Equal("5", left["qty"].GetString());
        Assert.Equal("5", rest["qty"].GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await exchange.DeleteAsync("/v2/positions/SPY")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await exchange.DeleteAsync("/v2/positions/SPY?qty=1&percentage=1")).Status);
    }

    [Fact]
    public async Task Closing_everything_cancels_orders_first_when_asked_to()
    {
        using var bars = BarFile.Flat("SPY", 100m).Add("BTC/USD", BarFile.Start, 500m, 500m, 500m, 500m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Trade(exchange, "buy", 10m);
        await Trade(exchange, "buy", 1m, "BTC/USD");
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 10, side = "sell", type = "limit", limit_price = 120, time_in_force = "gtc" });

        var held = await exchange.DeleteAsync("/v2/positions");
        var freed = await exchange.DeleteAsync("/v2/positions?cancel_orders=true");

        Assert.Equal([("BTCUSD", 200), ("SPY", 403)], held.Body.EnumerateArray().Select(item => (item.GetProperty("symbol").GetString()!, item.GetProperty("status").GetInt32())));
        Assert.Equal([("SPY", 200)], freed.Body.EnumerateArray().Select(item => (item.GetProperty("symbol").GetString()!, item.GetProperty("status").GetInt32())));
        Assert.Equal("[]", (await exchange.GetAsync("/v2/positions")).Text);
        Assert.Equal("[]", (await exchange.GetAsync("/v2/orders")).Text);
    }

    [Fact]
    public async Task Fills_are_listed_page_by_page_under_New_Yorks_time()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        for (var trade = 1; trade <= 5; trade++)
        {
            await Trade(exchange, "buy", trade);
        }

        var seen = new List<string?>();
        var token = "";
        while (true)
        {
            var page = (await exchange.GetAsync($"/v2/account/activities?activity_types=FILL&page_size=2&page_token={Uri.EscapeDataString(token)}")).Body.EnumerateArray().ToList();
            seen.AddRange(page.Select(item => item.GetProperty("qty").GetString()));
            if (page.Count < 2)
            {
                break;
            }

            token = page[^1].GetProperty("id").GetString()!;
        }

        Assert.Equal(["5", "4", "3", "2", "1"], seen);
        Assert.StartsWith("20140602100000000::", token, StringComparison.Ordinal);
        var first = (await exchange.GetAsync("/v2/account/activities/FILL?direction=asc")).Body[0];
        Assert.Equal("1", first.GetProperty("cum_qty").GetString());
        Assert.Single((await exchange.GetAsync($"/v2/account/activities?order_id={first.GetProperty("order_id").GetString()}")).Body.EnumerateArray());
        Assert.Equal(4, (await exchange.GetAsync($"/v2/account/activities?after={first.GetProperty("transaction_time").GetString()}")).Body.GetArrayLength());
        Assert.Equal("[]", (await exchange.GetAsync("/v2/account/activities/DIV")).Text);
        Assert.Equal("invalid activity type: FFFFF", (await exchange.GetAsync("/v2/account/activities/FFFFF")).Message);
    }

    [Fact]
    public async Task Settings_change_one_by_one_and_take_effect()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var changed = await exchange.SendAsync(HttpMethod.Patch, "/v2/account/configurations", """{"suspend_trade":true,"unknown":1}""");
        var wrong = await exchange.SendAsync(HttpMethod.Patch, "/v2/account/configurations", """{"pdt_check":"never"}""");

        Assert.True(changed["suspend_trade"].GetBoolean());
        Assert.Equal("entry", changed["dtbp_check"].GetString());
        Assert.Equal((40010001, "pdt_check value is invalid"), (wrong.Code, wrong.Message));
        Assert.Equal("new orders are rejected by user request", (await Trade(exchange, "buy", 1)).Message);
    }

    [Fact]
    public async Task The_equity_curve_follows_positions_and_prices()
    {
        using var bars = BarFile.Flat("SPY", 100m, 110m, 90m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Trade(exchange, "buy", 10m);
        exchange.Pass(TimeSpan.FromSeconds(179));

        var history = await exchange.GetAsync("/v2/account/portfolio/history?period=1D&timeframe=1Min&intraday_reporting=continuous");

        Assert.Equal([100_000m, 100_100m, 99_900m], history["equity"].EnumerateArray().Select(value => value.GetDecimal()));
        Assert.Equal([0m, 100m, -100m], history["profit_loss"].EnumerateArray().Select(value => value.GetDecimal()));
        Assert.Equal(BarFile.Start.ToUnixTimeSeconds(), history["timestamp"][0].GetInt64());
        Assert.Equal((100_000m, "1Min"), (history["base_value"].GetDecimal(), history["timeframe"].GetString()));
    }

    [Fact]
    public async Task Yesterdays_equity_is_that_of_the_close_also_where_the_clock_goes_over_the_night()
    {
        using var bars = BarFile.Empty();
        decimal[] evening = [100m, 110m], morning = [120m, 130m];
        for (var minute = 0; minute < 2; minute++)
        {
            bars.Add("SPY", new DateTimeOffset(2014, 6, 2, 19, 58 + minute, 0, TimeSpan.Zero), evening[minute], evening[minute], evening[minute], evening[minute]);
            bars.Add("SPY", new DateTimeOffset(2014, 6, 3, 13, 30 + minute, 0, TimeSpan.Zero), morning[minute], morning[minute], morning[minute], morning[minute]);
        }

        await using var exchange = await RunningExchange.StartAsync(bars);
        await Trade(exchange, "buy", 10m);

        exchange.Pass(TimeSpan.FromSeconds(90));
        var before = await exchange.GetAsync("/v2/account");
        exchange.Pass(TimeSpan.FromSeconds(90));
        var after = await exchange.GetAsync("/v2/account");

        Assert.Equal(("100100", "100000"), (before["equity"].GetString(), before["last_equity"].GetString()));
        Assert.Equal(("100300", "100100"), (after["equity"].GetString(), after["last_equity"].GetString()));
    }

    [Fact]
    public async Task A_half_day_closes_at_one()
    {
        // The day before Independence Day: what trades in the afternoon belongs to no session.
        using var bars = BarFile.Empty();
        foreach (var (at, price) in ((DateTimeOffset, decimal)[])
        [
            (new(2014, 7, 3, 16, 58, 0, TimeSpan.Zero), 100m), (new(2014, 7, 3, 16, 59, 0, TimeSpan.Zero), 105m),
            (new(2014, 7, 3, 17, 0, 0, TimeSpan.Zero), 110m), (new(2014, 7, 7, 13, 30, 0, TimeSpan.Zero), 120m),
        ])
        {
            bars.Add("SPY", at, price, price, price, price);
        }

        await using var exchange = await RunningExchange.StartAsync(bars);
        await Trade(exchange, "buy", 10m);

        exchange.Pass(TimeSpan.FromSeconds(190));
        var account = await exchange.GetAsync("/v2/account");

        Assert.Equal(("100200", "100050"), (account["equity"].GetString(), account["last_equity"].GetString()));
    }

    [Fact]
    public async Task Assets_are_found_by_every_spelling()
    {
        await using var exchange = await RunningExchange.StartAsync();
        var stocks = (await exchange.GetAsync("/v2/assets")).Body;
        var crypto = (await exchange.GetAsync("/v2/assets?asset_class=crypto")).Body;

        Assert.Equal((10, 3), (stocks.GetArrayLength(), crypto.GetArrayLength()));
        var id = (await exchange.GetAsync("/v2/assets/BTC%2FUSD"))["id"].GetString();
        Assert.Equal(id, (await exchange.GetAsync("/v2/assets/BTCUSD"))["id"].GetString());
        Assert.Equal(id, (await exchange.GetAsync("/v2/assets/BTC/USD"))["id"].GetString());
        Assert.Equal("BTC/USD", (await exchange.GetAsync($"/v2/assets/{id}"))["symbol"].GetString());
        Assert.Equal("asset not found for FFFFF", (await exchange.GetAsync("/v2/assets/FFFFF")).Message);
        Assert.Equal("asset \"FFFFF\" not found", (await Trade(exchange, "buy", 1m, "FFFFF")).Message);
    }

    [Fact]
    public async Task By_New_Yorks_hours_an_order_in_the_evening_waits_for_the_morning()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));

        // The clock begins a year before 4 March 2026, at ten in the morning in New York.
        exchange.Pass(TimeSpan.FromSeconds(8));
        var clock = await exchange.GetAsync("/v2/clock");
        var order = await Trade(exchange, "buy", 1m);
        var crypto = await Trade(exchange, "buy", 0.01m, "BTC/USD");
        exchange.Pass(TimeSpan.FromSeconds(16));
        var morning = await exchange.GetAsync($"/v2/orders/{order["id"].GetString()}");

        Assert.Equal("2025-03-04T18:00:00-05:00", clock["timestamp"].GetString());
        Assert.False(clock["is_open"].GetBoolean());
        Assert.Equal(("2025-03-05T09:30:00-05:00", "2025-03-05T16:00:00-05:00"), (clock["next_open"].GetString(), clock["next_close"].GetString()));
        Assert.Equal(("accepted", "pending_new"), (order["status"].GetString(), crypto["status"].GetString()));
        Assert.Equal(("filled", "2025-03-05T14:30:00Z", "2025-03-05T21:00:00Z"), (
            morning["status"].GetString(), morning["filled_at"].GetString(), morning["expires_at"].GetString()));
    }

    [Fact]
    public async Task The_calendar_has_both_kinds_of_hours()
    {
        await using var exchange = await RunningExchange.StartAsync();

        var days = (await exchange.GetAsync("/v2/calendar?start=2024-11-27T00:00:00Z&end=2024-11-30")).Body;

        Assert.Equal(
            """[{"date":"2024-11-27","open":"09:30","close":"16:00","session_open":"0400","session_close":"2000","settlement_date":"2024-11-29"},{"date":"2024-11-29","open":"09:30","close":"13:00","session_open":"0400","session_close":"1700","settlement_date":"2024-12-02"}]""",
            days.GetRawText());
    }
}
