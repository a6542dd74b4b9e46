using System.Net;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Orders;

public sealed class OrderProtocolTests
{
    private static object Market(string side, object qty, string symbol = "SPY", string timeInForce = "day", string? id = null) =>
        new { symbol, qty, side, type = "market", time_in_force = timeInForce, client_order_id = id };

    private static object Limit(string side, decimal price, object qty, string symbol = "SPY", string timeInForce = "day") =>
        new { symbol, qty, side, type = "limit", time_in_force = timeInForce, limit_price = price };

    [Fact]
    public async Task A_market_order_is_answered_as_pending_and_is_filled_when_read_again()
    {
        using var bars = BarFile.Flat("SPY", 100m, 101m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var posted = await exchange.PostOrderAsync(Market("buy", "10", id: "mine"));
        var read = await exchange.GetAsync($"/v2/orders/{posted["id"].GetString()}");

        Assert.Equal(HttpStatusCode.OK, posted.Status);
        Assert.Equal("pending_new", posted["status"].GetString());
        Assert.Equal("", posted["order_class"].GetString());
        Assert.Equal(posted["type"].GetString(), posted["order_type"].GetString());
        Assert.Equal("0", posted["filled_qty"].GetString());
        Assert.Equal(JsonValueKind.Null, posted["notional"].ValueKind);
        Assert.Equal("filled", read["status"].GetString());
        Assert.Equal("100", read["filled_avg_price"].GetString());
        Assert.Equal("mine", read["client_order_id"].GetString());
    }

    [Theory]
    [InlineData("""{"symbol":"SPY","qty":"2","side":"buy","type":"market","time_in_force":"day"}""")]
    [InlineData("""{"symbol":"SPY","qty":2.0,"side":"buy","type":"market","time_in_force":"day","order_class":"simple","stop_price":null}""")]
    public async Task Quantities_come_as_strings_or_numbers_under_any_content_type(string body)
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var posted = await exchange.SendAsync(HttpMethod.Post, "/v2/orders", body, "text/plain");

        Assert.Equal(HttpStatusCode.OK, posted.Status);
        Assert.Equal("2", posted["qty"].GetString());
    }

    [Fact]
    public async Task A_buy_pays_the_ask_and_a_sale_gets_the_bid()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars, ("SpreadBps", "20"));

        await exchange.PostOrderAsync(Market("buy", 10, id: "in"));
        await exchange.PostOrderAsync(Market("sell", 10, id: "out"));

        Assert.Equal("100.1", (await exchange.GetAsync("/v2/orders:by_client_order_id?client_order_id=in"))["filled_avg_price"].GetString());
        Assert.Equal("99.9", (await exchange.GetAsync("/v2/orders%3Aby_client_order_id?client_order_id=out"))["filled_avg_price"].GetString());
        Assert.Equal("99998", (await exchange.GetAsync("/v2/account"))["cash"].GetString());
    }

    [Fact]
    public async Task A_limit_order_rests_until_the_market_comes_to_it_and_gets_the_better_price()
    {
        using var bars = BarFile.Flat("SPY", 100m, 100m, 98m, 98m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var id = (await exchange.PostOrderAsync(Limit("buy", 99m, 5)))["id"].GetString();
        var before = await exchange.GetAsync($"/v2/orders/{id}");

        exchange.Pass(TimeSpan.FromSeconds(130));

        var after = await exchange.GetAsync($"/v2/orders/{id}");
        Assert.Equal("new", before["status"].GetString());
        Assert.Equal("filled", after["status"].GetString());
        Assert.Equal("98", after["filled_avg_price"].GetString());
        Assert.Equal("2014-06-02T14:02:00Z", after["filled_at"].GetString());
    }

    [Fact]
    public async Task A_fill_has_the_price_that_its_bar_shows_at_its_time()
    {
        using var bars = BarFile.Empty().Add("SPY", BarFile.Start, 100m, 104m, 99m, 103m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var prices = new List<string?>();
        foreach (var second in (int[])[0, 15, 30, 45])
        {
            _ = second;
            await exchange.PostOrderAsync(Market("buy", 1, id: $"at-{prices.Count}"));
            prices.Add((await exchange.GetAsync($"/v2/orders:by_client_order_id?client_order_id=at-{prices.Count}"))["filled_avg_price"].GetString());
            exchange.Pass(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(["100", "99", "104", "103"], prices);
    }

    [Fact]
    public async Task Immediate_orders_that_cannot_trade_are_canceled()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var ioc = await exchange.PostOrderAsync(Limit("buy", 99m, 5, timeInForce: "ioc"));
        var fok = await exchange.PostOrderAsync(Limit("buy", 101m, 5, timeInForce: "fok"));

        Assert.Equal("canceled", (await exchange.GetAsync($"/v2/orders/{ioc["id"].GetString()}"))["status"].GetString());
        Assert.Equal("filled", (await exchange.GetAsync($"/v2/orders/{fok["id"].GetString()}"))["status"].GetString());
    }

    [Fact]
    public async Task A_client_order_id_is_taken_for_ever()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(Market("buy", 1, id: "once"));

        var again = await exchange.PostOrderAsync(Market("buy", 1, id: "once"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.Status);
        Assert.Equal(40010001, again.Code);
        Assert.Equal("client_order_id must be unique", again.Message);
    }

    [Fact]
    public async Task Orders_that_are_not_there_say_which()
    {
        await using var exchange = await RunningExchange.StartAsync();
        var unknown = "00000000-0000-0000-0000-000000000001";

        var byId = await exchange.GetAsync($"/v2/orders/{unknown}");
        var byClientId = await exchange.GetAsync("/v2/orders:by_client_order_id?client_order_id=nobody");
        var malformed = await exchange.GetAsync("/v2/orders/one");

        Assert.Equal((HttpStatusCode.NotFound, 40410000, $"order not found for {unknown}"), (byId.Status, byId.Code, byId.Message));
        Assert.Equal("order not found for nobody", byClientId.Message);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, 40010001, "order_id is missing"), (malformed.Status, malformed.Code, malformed.Message));
    }

    [Fact]
    public async Task A_canceled_order_gives_its_buying_power_back()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var id = (await exchange.PostOrderAsync(Limit("buy", 90m, 100)))["id"].GetString();
        var holding = await exchange.GetAsync("/v2/account");

        var canceled = await exchange.DeleteAsync($"/v2/orders/{id}");

        Assert.Equal("391000", holding["buying_power"].GetString());
        Assert.Equal((HttpStatusCode.NoContent, ""), (canceled.Status, canceled.Text));
        Assert.Equal("400000", (await exchange.GetAsync("/v2/account"))["buying_power"].GetString());
        var order = await exchange.GetAsync($"/v2/orders/{id}");
        Assert.Equal("canceled", order["status"].GetString());
        Assert.NotEqual(JsonValueKind.Null, order["canceled_at"].ValueKind);
        var again = await exchange.DeleteAsync($"/v2/orders/{id}");
        Assert.Equal((42210000, "order is already in \"canceled\" state"), (again.Code, again.Message));
    }

    [Fact]
    public async Task Canceling_everything_lists_every_open_order_once()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        Assert.Equal("[]", (await exchange.DeleteAsync("/v2/orders")).Text);
        var first = (await exchange.PostOrderAsync(Limit("buy", 90m, 1)))["id"].GetString();
        var second = (await exchange.PostOrderAsync(Limit("buy", 91m, 1)))["id"].GetString();

        var canceled = await exchange.DeleteAsync("/v2/orders");

        Assert.Equal((HttpStatusCode)207, canceled.Status);
        Assert.Equal([first, second], canceled.Body.EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        Assert.All(canceled.Body.EnumerateArray(), item => Assert.Equal(200, item.GetProperty("status").GetInt32()));
        Assert.Equal("[]", (await exchange.GetAsync("/v2/orders")).Text);
    }

    [Fact]
    public async Task The_list_shows_open_orders_newest_first_unless_asked_otherwise()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(Market("buy", 1, id: "filled"));
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 90, time_in_force = "gtc", client_order_id = "older" });
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 91, time_in_force = "gtc", client_order_id = "newer" });

        Assert.Equal(["newer", "older"], await Ids(""));
        Assert.Equal(["older", "newer"], await Ids("?direction=asc"));
        Assert.Equal(["filled"], await Ids("?status=closed"));
        Assert.Equal(["newer", "older", "filled"], await Ids("?status=all&symbols=SPY,AAPL&side=buy&asset_class=us_equity"));
        Assert.Equal(["newer"], await Ids("?status=all&limit=1"));
        Assert.Empty(await Ids("?symbols=AAPL"));
        Assert.Empty(await Ids("?status=all&side=sell"));
        var newest = (await exchange.GetAsync("/v2/orders?limit=1")).Body[0];
        Assert.Equal(["older"], await Ids($"?until={newest.GetProperty("submitted_at").GetString()}"));
        Assert.Equal(["older", "filled"], await Ids($"?status=all&before_order_id={newest.GetProperty("id").GetString()}"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await exchange.GetAsync("/v2/orders?limit=501")).Status);

        async Task<List<string?>> Ids(string query) =>
            [.. (await exchange.GetAsync("/v2/orders" + query)).Body.EnumerateArray().Select(order => order.GetProperty("client_order_id").GetString())];
    }

    [Fact]
    public async Task Selling_more_than_is_held_says_how_much_there_is()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(Market("buy", 10));
        var resting = (await exchange.PostOrderAsync(Limit("sell", 110m, 8)))["id"].GetString();

        var refused = await exchange.PostOrderAsync(Market("sell", 3));

        Assert.Equal((HttpStatusCode.Forbidden, 40310000), (refused.Status, refused.Code));
        Assert.Equal("insufficient qty available for order (requested: 3, available: 2)", refused.Message);
        Assert.Equal(("2", "10", "8", "SPY"), (
            refused["available"].GetString(), refused["existing_qty"].GetString(), refused["held_for_orders"].GetString(), refused["symbol"].GetString()));
        Assert.Equal([resting], refused["related_orders"].EnumerateArray().Select(id => id.GetString()));
        Assert.Equal("2", (await exchange.GetAsync("/v2/positions/SPY"))["qty_available"].GetString());
    }

    [Fact]
    public async Task Buying_beyond_the_power_is_refused_with_what_it_would_cost()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        Assert.Equal(HttpStatusCode.OK, (await exchange.PostOrderAsync(Limit("buy", 90m, 4000))).Status);

        var refused = await exchange.PostOrderAsync(Limit("buy", 90m, 500));

        Assert.Equal((HttpStatusCode.Forbidden, 40310000, "insufficient buying power"), (refused.Status, refused.Code, refused.Message));
        Assert.Equal(("40000", "45000"), (refused["buying_power"].GetString(), refused["cost_basis"].GetString()));
    }

    [Fact]
    public async Task An_order_by_amount_keeps_its_amount_and_fills_to_nine_decimals()
    {
        using var bars = BarFile.Flat("SPY", 300m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var posted = await exchange.PostOrderAsync(new { symbol = "SPY", notional = "100", side = "buy", type = "market", time_in_force = "day" });

        var read = await exchange.GetAsync($"/v2/orders/{posted["id"].GetString()}");
        Assert.Equal(JsonValueKind.Null, read["qty"].ValueKind);
        Assert.Equal(("100", "0.333333333"), (read["notional"].GetString(), read["filled_qty"].GetString()));
        Assert.Equal("99900", (await exchange.GetAsync("/v2/account"))["cash"].GetString());
    }

    [Fact]
    public async Task Two_sides_that_could_meet_are_a_wash_trade()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(Market("buy", 10));
        var resting = (await exchange.PostOrderAsync(Limit("sell", 101m, 1)))["id"].GetString();

        var market = await exchange.PostOrderAsync(Market("buy", 1));
        var crossing = await exchange.PostOrderAsync(Limit("buy", 101m, 1));
        var apart = await exchange.PostOrderAsync(Limit("buy", 99m, 1));

        Assert.Equal((HttpStatusCode.Forbidden, "potential wash trade detected. use complex orders"), (market.Status, market.Message));
        Assert.Equal((resting, "opposite side limit order exists"), (market["existing_order_id"].GetString(), market["reject_reason"].GetString()));
        Assert.Equal(HttpStatusCode.Forbidden, crossing.Status);
        Assert.Equal(HttpStatusCode.OK, apart.Status);
    }

    [Fact]
    public async Task Crypto_arrives_less_its_fee_and_obeys_its_own_rules()
    {
        using var bars = BarFile.Flat("BTC/USD", 50_000m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var bought = await exchange.PostOrderAsync(Market("buy", "0.1", "BTCUSD", "gtc"));
        var day = await exchange.PostOrderAsync(Market("buy", "0.1", "BTC/USD"));
        var tooMuch = await exchange.PostOrderAsync(Market("buy", "1.95", "BTC/USD", "ioc"));
        var oversold = await exchange.PostOrderAsync(Market("sell", "0.1", "BTC/USD", "gtc"));
        var sold = await exchange.PostOrderAsync(Market("sell", "0.09975", "BTC/USD", "gtc"));

        Assert.Equal("BTC/USD", bought["symbol"].GetString());
        Assert.Equal((42210000, "invalid crypto time_in_force"), (day.Code, day.Message));
        Assert.Equal("insufficient balance for USD (requested: 97500, available: 95000)", tooMuch.Message);
        Assert.Equal("insufficient balance for BTC (requested: 0.1, available: 0.09975)", oversold.Message);
        Assert.Equal(HttpStatusCode.OK, sold.Status);

        // 100000 - 5000 + 0.09975 * 50000 - 25 basis points of that, rounded up to the cent.
        Assert.Equal("99975.03", (await exchange.GetAsync("/v2/account"))["cash"].GetString());
    }

    [Fact]
    public async Task A_changed_order_is_a_new_one_linked_to_the_old()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var old = (await exchange.PostOrderAsync(Limit("buy", 90m, 10)))["id"].GetString();

        var changed = await exchange.SendAsync(HttpMethod.Patch, $"/v2/orders/{old}", """{"limit_price":"91","qty":"12"}""");

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal((old, "91", "12"), (changed["replaces"].GetString(), changed["limit_price"].GetString(), changed["qty"].GetString()));
        var before = await exchange.GetAsync($"/v2/orders/{old}");
        Assert.Equal(("replaced", changed["id"].GetString()), (before["status"].GetString(), before["replaced_by"].GetString()));
        Assert.Equal("398908", (await exchange.GetAsync("/v2/account"))["buying_power"].GetString());
        var again = await exchange.SendAsync(HttpMethod.Patch, $"/v2/orders/{old}", """{"limit_price":"92"}""");
        Assert.Equal("unable to replace order, order is not open", again.Message);
        var same = await exchange.SendAsync(HttpMethod.Patch, $"/v2/orders/{changed["id"].GetString()}", """{"limit_price":"91"}""");
        Assert.Equal("order parameters are not changed", same.Message);
    }

    [Fact]
    public async Task A_day_order_expires_at_eight_in_the_evening_New_York_time()
    {
        using var bars = BarFile.Empty()
            .Add("SPY", new DateTimeOffset(2014, 6, 2, 23, 58, 0, TimeSpan.Zero), 100m, 100m, 100m, 100m)
            .Add("SPY", new DateTimeOffset(2014, 6, 3, 0, 1, 0, TimeSpan.Zero), 90m, 90m, 90m, 90m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var id = (await exchange.PostOrderAsync(Limit("buy", 95m, 1)))["id"].GetString();

        exchange.Pass(TimeSpan.FromMinutes(4));

        var order = await exchange.GetAsync($"/v2/orders/{id}");
        Assert.Equal(("expired", "2014-06-03T00:00:00Z"), (order["status"].GetString(), order["expired_at"].GetString()));
    }

    [Fact]
    public async Task Partial_fills_come_when_asked_for_and_add_up()
    {
        using var bars = BarFile.Flat("SPY", [.. Enumerable.Repeat(100m, 60)]);
        await using var exchange = await RunningExchange.StartAsync(bars, ("PartialFillProbability", "0.9"));
        await exchange.PostOrderAsync(Market("buy", 1000, id: "parts"));

        exchange.Pass(TimeSpan.FromMinutes(59));

        var order = await exchange.GetAsync("/v2/orders:by_client_order_id?client_order_id=parts");
        var fills = (await exchange.GetAsync("/v2/account/activities/FILL?direction=asc")).Body.EnumerateArray().ToList();
        Assert.Equal(("filled", "1000"), (order["status"].GetString(), order["filled_qty"].GetString()));
        Assert.True(fills.Count > 1);
        Assert.Equal(1000, fills.Sum(fill => int.Parse(fill.GetProperty("qty").GetString()!)));
        Assert.Equal("partial_fill", fills[0].GetProperty("type").GetString());
        Assert.Equal(("fill", "0"), (fills[^1].GetProperty("type").GetString(), fills[^1].GetProperty("leaves_qty").GetString()));
    }

    [Fact]
    public async Task After_the_end_of_a_replay_the_last_prices_stand_and_orders_trade_at_them()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Pass(TimeSpan.FromMinutes(2));

        var posted = await exchange.PostOrderAsync(Market("buy", 1));

        var read = await exchange.GetAsync($"/v2/orders/{posted["id"].GetString()}");
        Assert.Equal(("filled", "100"), (read["status"].GetString(), read["filled_avg_price"].GetString()));
        var health = await exchange.SendBareAsync("/health");
        Assert.True(health["market"].GetProperty("ended").GetBoolean());
        Assert.Equal("2014-06-02T14:01:00Z", health["market"].GetProperty("marketTime").GetString());
    }
}
