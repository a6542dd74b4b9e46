using System.Net;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Orders;

/// <summary>What the venue holds the whole account to, whoever gave the orders.</summary>
public sealed class AccountRulesTests
{
    private static Task<Answer> Order(RunningExchange exchange, string side, decimal qty, decimal? limit = null, string? id = null, string timeInForce = "day") =>
        exchange.PostOrderAsync(new { symbol = "SPY", qty, side, type = limit is null ? "market" : "limit", limit_price = limit, time_in_force = timeInForce, client_order_id = id });

    [Fact]
    public async Task An_id_stays_taken_when_its_order_was_canceled_expired_or_replaced()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var canceled = await Order(exchange, "buy", 1, 90m, "canceled");
        await exchange.DeleteAsync($"/v2/orders/{canceled["id"].GetString()}");
        await Order(exchange, "buy", 1, 90m, "immediate", "ioc");
        var replaced = await Order(exchange, "buy", 1, 90m, "replaced");
        await exchange.SendAsync(HttpMethod.Patch, $"/v2/orders/{replaced["id"].GetString()}", """{"limit_price":91}""");

        foreach (var id in (string[])["canceled", "immediate", "replaced"])
        {
            var again = await Order(exchange, "buy", 1, 89m, id);
            Assert.Equal((HttpStatusCode.UnprocessableEntity, 40010001, "client_order_id must be unique"), (again.Status, again.Code, again.Message));
        }
    }

    [Fact]
    public async Task An_order_that_was_refused_leaves_its_id_free()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        Assert.Equal(HttpStatusCode.Forbidden, (await Order(exchange, "buy", 1_000_000, id: "mine")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Order(exchange, "buy", 1, id: "mine")).Status);
    }

    [Fact]
    public async Task Two_hundred_requests_go_through_at_once_and_then_one_every_three_tenths_of_a_second()
    {
        await using var exchange = await RunningExchange.StartAsync(("RequestsPerMinute", "200"));
        var burst = new List<Answer>();
        for (var request = 0; request < 205; request++)
        {
            burst.Add(await exchange.GetAsync("/v2/clock"));
        }

        exchange.Clock.Advance(TimeSpan.FromMilliseconds(900));
        var after = new List<HttpStatusCode>();
        for (var request = 0; request < 4; request++)
        {
            after.Add((await exchange.GetAsync("/v2/clock")).Status);
        }

        Assert.Equal(200, burst.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(burst[200..], answer => Assert.Equal((HttpStatusCode.TooManyRequests, """{"message":"too many requests."}"""), (answer.Status, answer.Text)));
        Assert.All(burst[200..], answer => Assert.DoesNotContain("X-RateLimit-Limit", answer.Headers.Keys));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], after);
    }

    [Fact]
    public async Task A_resting_order_of_the_other_side_is_named_in_the_refusal_until_it_is_gone()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Order(exchange, "buy", 10);
        var resting = (await Order(exchange, "buy", 1, 95m))["id"].GetString();

        var market = await Order(exchange, "sell", 1);
        var crossing = await Order(exchange, "sell", 1, 95m);
        var apart = await Order(exchange, "sell", 1, 101m);

        foreach (var refused in (Answer[])[market, crossing])
        {
            Assert.Equal((HttpStatusCode.Forbidden, 40310000), (refused.Status, refused.Code));
            Assert.Equal("potential wash trade detected. use complex orders", refused.Message);
            Assert.Equal((resting, "opposite side limit order exists"), (refused["existing_order_id"].GetString(), refused["reject_reason"].GetString()));
        }

        Assert.Equal(HttpStatusCode.OK, apart.Status);
        await exchange.DeleteAsync($"/v2/orders/{resting}");
        Assert.Equal(HttpStatusCode.OK, (await Order(exchange, "sell", 1)).Status);
    }

    [Fact]
    public async Task A_partly_filled_order_still_stands_against_the_other_side()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Faults.Add(new(SimulatedExchange.Faults.FaultKind.PartialFill, SimulatedExchange.Faults.FaultTarget.Fills));
        var partly = await Order(exchange, "buy", 10);

        var refused = await Order(exchange, "sell", 1);

        Assert.Equal(("potential wash trade detected. use complex orders", "opposite side market/stop order exists"), (refused.Message, refused["reject_reason"].GetString()));
        Assert.Equal(partly["id"].GetString(), refused["existing_order_id"].GetString());
    }

    [Fact]
    public async Task Units_of_a_short_position_are_held_like_those_of_a_long_one()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Order(exchange, "sell", 10);
        var first = (await Order(exchange, "buy", 4, 90m))["id"].GetString();
        var second = (await Order(exchange, "buy", 5, 91m))["id"].GetString();

        var refused = await Order(exchange, "buy", 2);

        Assert.Equal("insufficient qty available for order (requested: 2, available: 1)", refused.Message);
        Assert.Equal(("1", "10", "9"), (refused["available"].GetString(), refused["existing_qty"].GetString(), refused["held_for_orders"].GetString()));
        Assert.Equal([first, second], refused["related_orders"].EnumerateArray().Select(id => id.GetString()));
        Assert.Equal("-1", (await exchange.GetAsync("/v2/positions/SPY"))["qty_available"].GetString());
        Assert.Equal(HttpStatusCode.OK, (await Order(exchange, "buy", 1)).Status);
    }

    [Fact]
    public async Task No_order_takes_a_position_through_zero()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Order(exchange, "buy", 10);
        Assert.Equal("insufficient qty available for order (requested: 11, available: 10)", (await Order(exchange, "sell", 11)).Message);
        await Order(exchange, "sell", 10);
        await Order(exchange, "sell", 10);
        Assert.Equal("-10", (await exchange.GetAsync("/v2/positions/SPY"))["qty"].GetString());

        var crossing = await Order(exchange, "buy", 11);

        Assert.Equal((HttpStatusCode.Forbidden, "insufficient qty available for order (requested: 11, available: 10)"), (crossing.Status, crossing.Message));
        Assert.False(crossing.Body.TryGetProperty("related_orders", out _));
        Assert.Equal(HttpStatusCode.OK, (await Order(exchange, "buy", 10)).Status);
    }

    [Fact]
    public async Task Opening_orders_of_both_sides_do_not_stand_together()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Order(exchange, "buy", 10, 90m);
        Assert.Equal("cannot open a short sell while a long buy order is open", (await Order(exchange, "sell", 5, 110m)).Message);
        await exchange.DeleteAsync("/v2/orders");
        await Order(exchange, "sell", 5, 110m);

        Assert.Equal("cannot open a long buy while a short sell order is open", (await Order(exchange, "buy", 5, 90m)).Message);
    }

    [Fact]
    public async Task Before_the_opening_a_sale_by_amount_and_another_do_not_stand_together()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 10, side = "buy", type = "market", time_in_force = "day" });
        exchange.Pass(TimeSpan.FromSeconds(9));
        object byAmount = new { symbol = "SPY", notional = 100, side = "sell", type = "market", time_in_force = "day" };

        var first = await exchange.PostOrderAsync(byAmount);
        var second = await exchange.PostOrderAsync(byAmount);
        var whole = await Order(exchange, "sell", 10);
        exchange.Pass(TimeSpan.FromSeconds(16));

        Assert.Equal("accepted", first["status"].GetString());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "unable to open new notional orders while having open closing position orders"), (second.Status, second.Message));
        Assert.StartsWith("insufficient qty available for order (requested: 10, available: ", whole.Message, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.String, whole["held_for_orders"].ValueKind);
        Assert.Equal("filled", (await exchange.GetAsync($"/v2/orders/{first["id"].GetString()}"))["status"].GetString());
    }
}
