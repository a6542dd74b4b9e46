using System.Net;
using System.Text.Json;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Tests.Streams;

namespace StratForge.SimulatedExchange.Tests.Orders;

public sealed class GroupOrderTests
{
    private static object Bracket(decimal? limit = null, decimal profit = 110m, decimal loss = 90m, decimal? lossLimit = null, string side = "buy", string timeInForce = "gtc") => new
    {
        symbol = "SPY", qty = 10, side, type = limit is null ? "market" : "limit", limit_price = limit, time_in_force = timeInForce, order_class = "bracket",
        take_profit = new { limit_price = profit }, stop_loss = new { stop_price = loss, limit_price = lossLimit },
    };

    private static object Oco(decimal profit = 110m, decimal loss = 90m) => new
    {
        symbol = "SPY", qty = 10, side = "sell", type = "limit", time_in_force = "gtc", order_class = "oco",
        take_profit = new { limit_price = profit }, stop_loss = new { stop_price = loss },
    };

    private static object Oto(decimal loss = 90m) => new
    {
        symbol = "SPY", qty = 10, side = "buy", type = "market", time_in_force = "gtc", order_class = "oto", stop_loss = new { stop_price = loss },
    };

    private static Task<Answer> Market(RunningExchange exchange, string side, decimal qty) =>
        exchange.PostOrderAsync(new { symbol = "SPY", qty, side, type = "market", time_in_force = "day" });

    private static async Task<string?> StateOf(RunningExchange exchange, JsonElement order) =>
        (await exchange.GetAsync($"/v2/orders/{order.GetProperty("id").GetString()}"))["status"].GetString();

    private static async Task<string> StatesOf(RunningExchange exchange, Answer parent)
    {
        var states = new List<string?> { await StateOf(exchange, parent.Body) };
        foreach (var leg in parent["legs"].EnumerateArray())
        {
            states.Add(await StateOf(exchange, leg));
        }

        return string.Join(' ', states);
    }

    private static async Task<List<string>> EventsAsync(StreamClient client, int count)
    {
        var events = new List<string>();
        while (events.Count < count)
        {
            var data = (await client.JsonAsync()).GetProperty("data");
            events.Add($"{data.GetProperty("event").GetString()} {data.GetProperty("order").GetProperty("type").GetString()}");
        }

        return events;
    }

    [Fact]
    public async Task A_bracket_is_answered_with_two_held_legs()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var posted = await exchange.PostOrderAsync(Bracket(limit: 95m, lossLimit: 89m));

        Assert.Equal(HttpStatusCode.OK, posted.Status);
        Assert.Equal(("bracket", "pending_new", 2), (posted["order_class"].GetString(), posted["status"].GetString(), posted["legs"].GetArrayLength()));
        var (profit, loss) = (posted["legs"][0], posted["legs"][1]);
        Assert.Equal("limit sell 10 110 held bracket sell_to_close", Text(profit, "type", "side", "qty", "limit_price", "status", "order_class", "position_intent"));
        Assert.Equal("stop_limit sell 10 90 89 held bracket sell_to_close", Text(loss, "type", "side", "qty", "stop_price", "limit_price", "status", "order_class", "position_intent"));
        Assert.Equal(JsonValueKind.Null, profit.GetProperty("legs").ValueKind);
        Assert.Equal(posted["created_at"].GetString(), loss.GetProperty("created_at").GetString());
        string?[] ids = [posted["client_order_id"].GetString(), profit.GetProperty("client_order_id").GetString(), loss.GetProperty("client_order_id").GetString()];
        Assert.Equal(3, ids.Distinct().Count());

        static string Text(JsonElement order, params string[] names) => string.Join(' ', names.Select(name => order.GetProperty(name).GetString()));
    }

    [Fact]
    public async Task A_filled_entry_wakes_its_take_profit_whose_fill_ends_the_stop_loss()
    {
        using var bars = BarFile.Flat("SPY", 100m, 105m, 111m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);

        var posted = await exchange.PostOrderAsync(Bracket());
        exchange.Pass(TimeSpan.FromSeconds(65));
        var between = await StatesOf(exchange, posted);
        var position = await exchange.GetAsync("/v2/positions/SPY");
        exchange.Pass(TimeSpan.FromSeconds(60));

        Assert.Equal("filled new held", between);
        Assert.Equal(("10", "0"), (position["qty"].GetString(), position["qty_available"].GetString()));
        Assert.Equal("filled filled canceled", await StatesOf(exchange, posted));
        Assert.Equal("100110", (await exchange.GetAsync("/v2/account"))["cash"].GetString());
        Assert.Equal(["pending_new market", "new market", "fill market", "new limit", "fill limit", "canceled stop"], await EventsAsync(client, 6));
        Assert.Equal(HttpStatusCode.NotFound, (await exchange.GetAsync("/v2/positions/SPY")).Status);
    }

    [Fact]
    public async Task A_reached_stop_loss_ends_the_take_profit_before_it_sells()
    {
        using var bars = BarFile.Flat("SPY", 100m, 89m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);

        var posted = await exchange.PostOrderAsync(Bracket());
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal("filled canceled filled", await StatesOf(exchange, posted));
        Assert.Equal(
            ["pending_new market", "new market", "fill market", "new limit", "canceled limit", "new stop", "fill stop"], await EventsAsync(client, 7));
        Assert.Equal("99890", (await exchange.GetAsync("/v2/account"))["cash"].GetString());
    }

    [Fact]
    public async Task A_bracket_of_a_short_sale_buys_back()
    {
        using var bars = BarFile.Flat("SPY", 100m, 111m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var posted = await exchange.PostOrderAsync(Bracket(side: "sell", profit: 90m, loss: 110m));
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal("filled canceled filled", await StatesOf(exchange, posted));
        Assert.Equal("99890", (await exchange.GetAsync("/v2/account"))["cash"].GetString());
    }

    [Fact]
    public async Task The_exits_wait_until_the_entry_is_filled_whole()
    {
        using var bars = BarFile.Flat("SPY", 100m, 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Faults.Add(new Fault(FaultKind.PartialFill, FaultTarget.Fills));

        var posted = await exchange.PostOrderAsync(Bracket());
        var partly = await StatesOf(exchange, posted);
        exchange.Pass(TimeSpan.FromSeconds(20));

        Assert.Equal("partially_filled held held", partly);
        Assert.Equal("filled new held", await StatesOf(exchange, posted));
    }

    [Theory]
    [InlineData(false, "filled filled canceled")]
    [InlineData(true, "filled partially_filled held")]
    public async Task An_entry_that_gaps_past_its_take_profit_leaves_no_more_stop_loss_than_position(bool inPart, string states)
    {
        using var bars = BarFile.Flat("SPY", 100m, 110m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await exchange.PostOrderAsync(new
        {
            symbol = "SPY", qty = 10, side = "buy", type = "stop", stop_price = 108, time_in_force = "gtc", order_class = "bracket",
            take_profit = new { limit_price = 109 }, stop_loss = new { stop_price = 90 },
        });
        if (inPart)
        {
            // The entry is the first occasion. Of its take-profit 4 units of 10 trade at once, and 3 of 6 in its own turn of the same step.
            exchange.Faults.Add(new Fault(FaultKind.PartialFill, FaultTarget.Fills) { Skip = 1, Part = 0.4, Times = 2 });
        }

        exchange.Pass(TimeSpan.FromSeconds(60));

        Assert.Equal(states, await StatesOf(exchange, posted));
        var loss = await exchange.GetAsync($"/v2/orders/{posted["legs"][1].GetProperty("id").GetString()}");
        Assert.Equal(inPart ? "3" : "10", loss["qty"].GetString());
        Assert.Equal(inPart ? 2 : 0, (await exchange.GetAsync("/v2/orders")).Body.GetArrayLength());
    }

    [Fact]
    public async Task A_partly_filled_take_profit_shrinks_its_stop_loss()
    {
        using var bars = BarFile.Flat("SPY", 100m, 110m, 80m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await exchange.PostOrderAsync(Bracket());
        exchange.Faults.Add(new Fault(FaultKind.PartialFill, FaultTarget.Fills) { Part = 0.4, Times = 4 });

        // At 110 parts of 10, 6, 3 and 2 units go: 4, 3, 1, 1. The last one meets the stop.
        exchange.Pass(TimeSpan.FromSeconds(60));
        var loss = await exchange.GetAsync($"/v2/orders/{posted["legs"][1].GetProperty("id").GetString()}");
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal(("held", "6"), (loss["status"].GetString(), loss["qty"].GetString()));
        Assert.Equal("filled canceled filled", await StatesOf(exchange, posted));
        Assert.Equal("1", (await exchange.GetAsync($"/v2/orders/{posted["legs"][1].GetProperty("id").GetString()}"))["filled_qty"].GetString());
        Assert.Equal("[]", (await exchange.GetAsync("/v2/positions")).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Canceling_any_member_cancels_the_whole_group(int member)
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await exchange.PostOrderAsync(Bracket(limit: 95m));
        var id = member == 0 ? posted["id"].GetString() : posted["legs"][member - 1].GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.NoContent, (await exchange.DeleteAsync($"/v2/orders/{id}")).Status);

        Assert.Equal("canceled canceled canceled", await StatesOf(exchange, posted));
        Assert.Equal("[]", (await exchange.GetAsync("/v2/orders")).Text);
        Assert.Equal("400000", (await exchange.GetAsync("/v2/account"))["buying_power"].GetString());
    }

    [Fact]
    public async Task Canceling_everything_names_each_member_once()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(Bracket(limit: 95m));

        var canceled = await exchange.DeleteAsync("/v2/orders");

        Assert.Equal(3, canceled.Body.EnumerateArray().Select(item => item.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal("[]", (await exchange.GetAsync("/v2/orders")).Text);
    }

    [Fact]
    public async Task An_oco_order_is_its_take_profit_and_the_stop_loss_its_only_leg()
    {
        using var bars = BarFile.Flat("SPY", 100m, 111m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        Assert.Equal("oco orders must be exit orders", (await exchange.PostOrderAsync(Oco())).Message);
        await Market(exchange, "buy", 10);

        var posted = await exchange.PostOrderAsync(Oco());
        var more = await Market(exchange, "sell", 1);
        var nested = (await exchange.GetAsync("/v2/orders?nested=true")).Body;
        var before = await StatesOf(exchange, posted);
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal(("oco", "limit", "110"), (posted["order_class"].GetString(), posted["type"].GetString(), posted["limit_price"].GetString()));
        Assert.Equal(("stop", "90"), (posted["legs"][0].GetProperty("type").GetString(), posted["legs"][0].GetProperty("stop_price").GetString()));
        Assert.Equal((1, 1), (nested.GetArrayLength(), nested[0].GetProperty("legs").GetArrayLength()));
        Assert.Equal("insufficient qty available for order (requested: 1, available: 0)", more.Message);
        Assert.Equal([posted["id"].GetString()], more["related_orders"].EnumerateArray().Select(id => id.GetString()));
        Assert.Equal("new held", before);
        Assert.Equal("filled canceled", await StatesOf(exchange, posted));
    }

    [Fact]
    public async Task An_oco_orders_stop_loss_takes_its_place_when_the_price_falls()
    {
        using var bars = BarFile.Flat("SPY", 100m, 85m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Market(exchange, "buy", 10);

        var posted = await exchange.PostOrderAsync(Oco());
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal("canceled filled", await StatesOf(exchange, posted));
        Assert.Equal("99850", (await exchange.GetAsync("/v2/account"))["cash"].GetString());
    }

    [Fact]
    public async Task The_leg_of_an_oto_order_is_live_once_the_entry_is_filled()
    {
        using var bars = BarFile.Flat("SPY", 100m, 89m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var posted = await exchange.PostOrderAsync(Oto());
        var before = await StatesOf(exchange, posted);
        exchange.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal(("oto", 1), (posted["order_class"].GetString(), posted["legs"].GetArrayLength()));
        Assert.Equal("filled new", before);
        Assert.Equal("filled filled", await StatesOf(exchange, posted));
    }

    [Fact]
    public async Task Exits_are_for_what_is_left_when_part_of_the_entry_was_sold_on_the_way()
    {
        using var bars = BarFile.Flat("SPY", 100m, 100m, 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Faults.Add(new Fault(FaultKind.PartialFill, FaultTarget.Fills));
        var posted = await exchange.PostOrderAsync(Bracket());
        await Market(exchange, "sell", 3);

        exchange.Pass(TimeSpan.FromSeconds(20));

        Assert.Equal("filled new held", await StatesOf(exchange, posted));
        Assert.Equal("7", (await exchange.GetAsync($"/v2/orders/{posted["legs"][0].GetProperty("id").GetString()}"))["qty"].GetString());
        Assert.Equal("7", (await exchange.GetAsync($"/v2/orders/{posted["legs"][1].GetProperty("id").GetString()}"))["qty"].GetString());
    }

    [Fact]
    public async Task The_list_rolls_legs_up_when_asked_to_and_loses_none()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var waiting = await exchange.PostOrderAsync(Bracket(limit: 95m));
        var filled = await exchange.PostOrderAsync(Bracket());

        var flat = (await exchange.GetAsync("/v2/orders?status=all")).Body;
        var nested = (await exchange.GetAsync("/v2/orders?status=all&nested=true")).Body;
        var open = (await exchange.GetAsync("/v2/orders?nested=true&direction=asc")).Body;

        Assert.Equal(6, flat.GetArrayLength());
        Assert.All(flat.EnumerateArray(), order => Assert.Equal(JsonValueKind.Null, order.GetProperty("legs").ValueKind));
        Assert.Equal([filled["id"].GetString(), waiting["id"].GetString()], nested.EnumerateArray().Select(order => order.GetProperty("id").GetString()));
        Assert.All(nested.EnumerateArray(), order => Assert.Equal(2, order.GetProperty("legs").GetArrayLength()));

        // The filled entry is not open: its exits have rows of their own.
        Assert.Equal(
            [waiting["id"].GetString(), filled["legs"][0].GetProperty("id").GetString(), filled["legs"][1].GetProperty("id").GetString()],
            open.EnumerateArray().Select(order => order.GetProperty("id").GetString()));
        Assert.Equal(2, (await exchange.GetAsync($"/v2/orders/{waiting["id"].GetString()}?nested=true"))["legs"].GetArrayLength());
        Assert.Equal(JsonValueKind.Null, (await exchange.GetAsync($"/v2/orders/{waiting["id"].GetString()}"))["legs"].ValueKind);
    }

    [Theory]
    [InlineData("asc", "after", false, 7)]
    [InlineData("desc", "before", false, 7)]
    [InlineData("asc", "after", true, 3)]
    [InlineData("desc", "before", true, 3)]
    public async Task Pages_of_orders_lose_no_leg_and_show_none_twice(string direction, string cursor, bool nested, int rows)
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await exchange.PostOrderAsync(Bracket(limit: 95m));
        await Market(exchange, "buy", 1);
        await exchange.PostOrderAsync(Bracket(limit: 94m));

        var seen = new List<string>();
        var next = "";
        while (seen.Count <= rows)
        {
            var page = (await exchange.GetAsync($"/v2/orders?status=all&limit=2&direction={direction}&nested={nested}{next}")).Body;
            if (page.GetArrayLength() == 0)
            {
                break;
            }

            seen.AddRange(page.EnumerateArray().Select(order => order.GetProperty("id").GetString()!));
            next = $"&{cursor}_order_id={seen[^1]}";
        }

        Assert.Equal(rows, seen.Count);
        Assert.Equal(rows, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_page_behind_an_unknown_order_is_refused()
    {
        await using var exchange = await RunningExchange.StartAsync();

        var refused = await exchange.GetAsync($"/v2/orders?after_order_id={Guid.AllBitsSet}");

        Assert.Equal((HttpStatusCode.NotFound, 40410000, $"order not found for {Guid.AllBitsSet}"), (refused.Status, refused.Code, refused.Message));
    }

    [Fact]
    public async Task A_group_of_the_day_expires_together()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));
        var posted = await exchange.PostOrderAsync(new
        {
            symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 1, time_in_force = "day", order_class = "oto", stop_loss = new { stop_price = 0.5 },
        });

        exchange.Pass(TimeSpan.FromSeconds(7));

        Assert.Equal("expired expired", await StatesOf(exchange, posted));
    }

    [Fact]
    public async Task Legs_are_refused_with_the_price_they_were_measured_against()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var refused = await exchange.PostOrderAsync(Bracket(profit: 100m));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, 42210000, "take_profit.limit_price must be >= base_price + 0.01"), (refused.Status, refused.Code, refused.Message));
        Assert.Equal("100", refused["base_price"].GetString());
    }

    [Fact]
    public async Task A_group_goes_on_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        using var bars = BarFile.Flat("SPY", 100m, 105m, 88m);
        Answer bracket, trailing;
        string before;
        await using (var exchange = await RunningExchange.StartAsync(bars, ("DataDirectory", folder.Path)))
        {
            bracket = await exchange.PostOrderAsync(Bracket());
            await Market(exchange, "buy", 5);
            trailing = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 5, side = "sell", type = "trailing_stop", trail_price = 3, time_in_force = "gtc" });
            exchange.Pass(TimeSpan.FromSeconds(70));
            before = (await exchange.GetAsync("/v2/orders?status=all&nested=true")).Text;
        }

        await using var again = await RunningExchange.StartAsync(bars, ("DataDirectory", folder.Path));

        Assert.Equal(before, (await again.GetAsync("/v2/orders?status=all&nested=true")).Text);
        Assert.Equal("105", (await again.GetAsync($"/v2/orders/{trailing["id"].GetString()}"))["hwm"].GetString());
        again.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal("filled canceled filled", await StatesOf(again, bracket));
        Assert.Equal("filled", await StateOf(again, trailing.Body));
        Assert.Equal("[]", (await again.GetAsync("/v2/positions")).Text);
    }
}
