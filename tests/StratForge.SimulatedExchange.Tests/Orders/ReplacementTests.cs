using System.Net;
using System.Text.Json;
using StratForge.SimulatedExchange.Tests.Streams;

namespace StratForge.SimulatedExchange.Tests.Orders;

public sealed class ReplacementTests
{
    private static Task<Answer> Patch(RunningExchange exchange, string? id, string body) => exchange.SendAsync(HttpMethod.Patch, $"/v2/orders/{id}", body);

    private static Task<Answer> Bracket(RunningExchange exchange, decimal? limit) => exchange.PostOrderAsync(new
    {
        symbol = "SPY", qty = 10, side = "buy", type = limit is null ? "market" : "limit", limit_price = limit, time_in_force = "gtc", order_class = "bracket",
        take_profit = new { limit_price = 110 }, stop_loss = new { stop_price = 90 },
    });

    private static string? Id(JsonElement order) => order.GetProperty("id").GetString();

    private static async Task<Answer> Again(RunningExchange exchange, string? id) => await exchange.GetAsync($"/v2/orders/{id}?nested=true");

    [Fact]
    public async Task A_stop_moves_and_is_measured_against_the_market_again()
    {
        using var bars = BarFile.Flat("SPY", 100m, 97m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 10, side = "sell", type = "stop_limit", stop_price = 95, limit_price = 94, time_in_force = "gtc" });

        var wrong = await Patch(exchange, Id(posted.Body), """{"stop_price":100}""");
        var moved = await Patch(exchange, Id(posted.Body), """{"stop_price":"98","limit_price":97,"order_id":"ignored"}""");
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal("stop price must be less than current price", wrong.Message);
        Assert.Equal(("98", "97", Id(posted.Body)), (moved["stop_price"].GetString(), moved["limit_price"].GetString(), moved["replaces"].GetString()));
        Assert.Equal(posted["created_at"].GetString(), moved["created_at"].GetString());
        Assert.Equal("replaced", (await Again(exchange, Id(posted.Body)))["status"].GetString());
        Assert.Equal("filled", (await Again(exchange, Id(moved.Body)))["status"].GetString());
    }

    [Fact]
    public async Task A_reached_stop_limit_changes_its_limit_but_not_its_stop()
    {
        using var bars = BarFile.Flat("SPY", 100m, 90m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 10, side = "buy", type = "market", time_in_force = "day" });
        var posted = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 10, side = "sell", type = "stop_limit", stop_price = 95, limit_price = 94, time_in_force = "gtc" });
        exchange.Pass(TimeSpan.FromSeconds(65));

        var stop = await Patch(exchange, Id(posted.Body), """{"stop_price":80}""");
        var limit = await Patch(exchange, Id(posted.Body), """{"limit_price":90}""");

        Assert.Equal("stop price cannot be changed once it was reached", stop.Message);
        Assert.Equal("filled", (await Again(exchange, Id(limit.Body)))["status"].GetString());
    }

    [Fact]
    public async Task A_trail_changes_in_its_own_unit_and_keeps_the_best_price()
    {
        using var bars = BarFile.Flat("SPY", 100m, 120m, 110m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 10, side = "sell", type = "trailing_stop", trail_percent = 10, time_in_force = "gtc" });
        exchange.Pass(TimeSpan.FromSeconds(125));

        var wider = await Patch(exchange, Id(posted.Body), """{"trail":"20"}""");
        var same = await Patch(exchange, Id(wider.Body), """{"trail":"20"}""");
        var none = await Patch(exchange, Id(wider.Body), """{"trail":"0.05"}""");
        var priced = await Patch(exchange, Id(wider.Body), """{"stop_price":"90"}""");

        Assert.Equal(("20", "120", "96"), (wider["trail_percent"].GetString(), wider["hwm"].GetString(), wider["stop_price"].GetString()));
        Assert.Equal("order parameters are not changed", same.Message);
        Assert.Equal("trail_percent must be greater than or equal to 0.1 and less than 100", none.Message);
        Assert.Equal("trailing stop orders require no stop or limit price", priced.Message);
    }

    [Fact]
    public async Task A_replaced_entry_takes_its_legs_along()
    {
        using var bars = BarFile.Flat("SPY", 100m, 96m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await Bracket(exchange, 95m);

        var wrong = await Patch(exchange, Id(posted.Body), """{"limit_price":90}""");
        var moved = await Patch(exchange, Id(posted.Body), """{"limit_price":96,"qty":12}""");
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal("stop_loss.stop_price must be <= base_price - 0.01", wrong.Message);
        Assert.Equal(("bracket", 2), (moved["order_class"].GetString(), moved["legs"].GetArrayLength()));
        Assert.Equal(posted["legs"].EnumerateArray().Select(Id), moved["legs"].EnumerateArray().Select(Id));
        Assert.All(moved["legs"].EnumerateArray(), leg => Assert.Equal("12", leg.GetProperty("qty").GetString()));
        var now = await Again(exchange, Id(moved.Body));
        Assert.Equal(["new", "held"], now["legs"].EnumerateArray().Select(leg => leg.GetProperty("status").GetString()));
        Assert.Equal(JsonValueKind.Null, (await Again(exchange, Id(posted.Body)))["legs"].ValueKind);
    }

    [Fact]
    public async Task A_leg_changes_its_price_and_nothing_else_while_it_waits_and_after()
    {
        using var bars = BarFile.Flat("SPY", 100m, 104m, 97m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);
        var posted = await Bracket(exchange, null);

        var quantity = await Patch(exchange, Id(posted["legs"][0]), """{"qty":5}""");
        var inverted = await Patch(exchange, Id(posted["legs"][0]), """{"limit_price":89}""");
        var profit = await Patch(exchange, Id(posted["legs"][0]), """{"limit_price":120}""");
        var above = await Patch(exchange, Id(posted["legs"][1]), """{"stop_price":100}""");
        var loss = await Patch(exchange, Id(posted["legs"][1]), """{"stop_price":98}""");
        var states = (await Again(exchange, Id(posted.Body)))["legs"].EnumerateArray().Select(leg => (Id(leg), leg.GetProperty("status").GetString())).ToList();
        exchange.Pass(TimeSpan.FromSeconds(125));

        Assert.Equal("qty of a leg cannot be changed", quantity.Message);
        Assert.Equal("take_profit.limit_price must be > stop_loss.stop_price", inverted.Message);
        Assert.Equal("stop price must be less than current price", above.Message);
        Assert.Equal(("120", "held"), (profit["limit_price"].GetString(), loss["status"].GetString()));
        Assert.Equal([(Id(profit.Body), "new"), (Id(loss.Body), "held")], states);
        Assert.Equal("canceled", (await Again(exchange, Id(profit.Body)))["status"].GetString());
        Assert.Equal(("filled", "97"), ((await Again(exchange, Id(loss.Body)))["status"].GetString(), (await Again(exchange, Id(loss.Body)))["filled_avg_price"].GetString()));
        var events = new List<string?>();
        while (events.Count < 12)
        {
            events.Add((await client.JsonAsync()).GetProperty("data").GetProperty("event").GetString());
        }

        Assert.Equal(["pending_new", "new", "fill", "new", "replaced", "pending_new", "new", "replaced", "held", "canceled", "new", "fill"], events);
    }

    [Fact]
    public async Task A_leg_lasts_as_long_as_its_group_and_takes_no_id_that_is_given()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await Bracket(exchange, null);

        var lasts = await Patch(exchange, Id(posted["legs"][0]), """{"time_in_force":"ioc"}""");
        var taken = await Patch(exchange, Id(posted["legs"][0]), $$"""{"limit_price":120,"client_order_id":"{{posted["client_order_id"].GetString()}}"}""");
        var renamed = await Patch(exchange, Id(posted["legs"][0]), """{"limit_price":120,"client_order_id":"its own"}""");

        Assert.Equal("time_in_force of a leg cannot be changed", lasts.Message);
        Assert.Equal("client_order_id must be unique", taken.Message);
        Assert.Equal("its own", renamed["client_order_id"].GetString());
        Assert.Equal(["held", "new"], (await Again(exchange, Id(posted.Body)))["legs"].EnumerateArray().Select(leg => leg.GetProperty("status").GetString()));
        Assert.Equal(
            Id(posted.Body), (await exchange.GetAsync($"/v2/orders:by_client_order_id?client_order_id={posted["client_order_id"].GetString()}"))["id"].GetString());
    }

    [Fact]
    public async Task A_replaced_order_has_no_longer_an_id_than_a_new_one()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await Bracket(exchange, 95m);

        var refused = await Patch(exchange, Id(posted.Body), $$"""{"limit_price":96,"client_order_id":"{{new string('x', 129)}}"}""");

        Assert.Equal((40010001, "client_order_id must be no more than 128 characters"), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task Legs_of_a_waiting_entry_are_measured_against_it()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await Bracket(exchange, 95m);

        Assert.Equal("stop_loss.stop_price must be <= base_price - 0.01", (await Patch(exchange, Id(posted["legs"][1]), """{"stop_price":95}""")).Message);
        Assert.Equal("held", (await Patch(exchange, Id(posted["legs"][1]), """{"stop_price":94}"""))["status"].GetString());
        Assert.Equal("held", (await Patch(exchange, Id(posted["legs"][0]), """{"limit_price":101}"""))["status"].GetString());
    }

    [Fact]
    public async Task A_replaced_oco_order_keeps_its_stop_loss()
    {
        using var bars = BarFile.Flat("SPY", 100m, 85m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 10, side = "buy", type = "market", time_in_force = "day" });
        var posted = await exchange.PostOrderAsync(new
        {
            symbol = "SPY", qty = 10, side = "sell", type = "limit", time_in_force = "gtc", order_class = "oco", take_profit = new { limit_price = 110 }, stop_loss = new { stop_price = 90 },
        });

        var moved = await Patch(exchange, Id(posted.Body), """{"limit_price":105,"qty":8}""");
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal((HttpStatusCode.OK, "8"), (moved.Status, moved["legs"][0].GetProperty("qty").GetString()));
        var loss = await Again(exchange, Id(posted["legs"][0]));
        Assert.Equal(("filled", "8"), (loss["status"].GetString(), loss["filled_qty"].GetString()));
        Assert.Equal("2", (await exchange.GetAsync("/v2/positions/SPY"))["qty_available"].GetString());
    }

    [Fact]
    public async Task Before_the_session_nothing_is_replaced_legs_included()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));
        exchange.Pass(TimeSpan.FromSeconds(8));
        var posted = await exchange.PostOrderAsync(new
        {
            symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 1, time_in_force = "gtc", order_class = "oto", stop_loss = new { stop_price = 0.5 },
        });

        foreach (var refused in (Answer[])[await Patch(exchange, Id(posted.Body), """{"limit_price":2}"""), await Patch(exchange, Id(posted["legs"][0]), """{"stop_price":0.6}""")])
        {
            Assert.Equal((40010001, "unable to replace order, order isn't sent to exchange yet"), (refused.Code, refused.Message));
        }
    }
}
