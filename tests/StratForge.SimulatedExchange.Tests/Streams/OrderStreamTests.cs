using System.Net.WebSockets;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Streams;

public sealed class OrderStreamTests
{
    private const string Listen = """{"action":"listen","data":{"streams":["trade_updates","account_updates"]}}""";

    private static string Authenticate(string secret = RunningExchange.Secret) =>
        $$$"""{"action":"authenticate","data":{"key_id":"{{{RunningExchange.Key}}}","secret_key":"{{{secret}}}"}}""";

    [Fact]
    public async Task A_market_order_is_told_as_pending_new_and_filled_in_binary_frames_of_JSON()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);

        var posted = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 4, side = "buy", type = "market", time_in_force = "day" });

        var told = new List<JsonElement>();
        for (var frame = 0; frame < 3; frame++)
        {
            told.Add(await client.JsonAsync());
            Assert.Equal(WebSocketMessageType.Binary, client.LastKind);
        }

        Assert.All(told, frame => Assert.Equal("trade_updates", frame.GetProperty("stream").GetString()));
        var events = told.ConvertAll(frame => frame.GetProperty("data"));
        Assert.Equal(["pending_new", "new", "fill"], events.Select(data => data.GetProperty("event").GetString()));
        Assert.Equal(["pending_new", "new", "filled"], events.Select(data => data.GetProperty("order").GetProperty("status").GetString()));
        Assert.All(events, data => Assert.Equal(posted["id"].GetString(), data.GetProperty("order").GetProperty("id").GetString()));
        Assert.False(events[0].TryGetProperty("execution_id", out _));
        Assert.True(Guid.TryParse(events[1].GetProperty("execution_id").GetString(), out _));
        var fill = events[2];
        Assert.Equal(("100", "4", "4"), (fill.GetProperty("price").GetString(), fill.GetProperty("qty").GetString(), fill.GetProperty("position_qty").GetString()));

        // The activity of the same execution carries the same id and time.
        var activity = (await exchange.GetAsync("/v2/account/activities")).Body[0];
        Assert.EndsWith(fill.GetProperty("execution_id").GetString()!, activity.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(fill.GetProperty("timestamp").GetString(), activity.GetProperty("transaction_time").GetString());
    }

    [Fact]
    public async Task Cancels_and_changes_are_told_too()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);

        var first = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 4, side = "buy", type = "limit", limit_price = 90, time_in_force = "day" });
        await exchange.SendAsync(HttpMethod.Patch, $"/v2/orders/{first["id"].GetString()}", """{"limit_price":91}""");
        await exchange.DeleteAsync("/v2/orders");

        var told = new List<string>();
        for (var frame = 0; frame < 6; frame++)
        {
            told.Add((await client.JsonAsync()).GetProperty("data").GetProperty("event").GetString()!);
        }

        Assert.Equal(["pending_new", "new", "replaced", "pending_new", "new", "canceled"], told);
    }

    [Fact]
    public async Task Nothing_is_said_to_those_who_may_not_hear_it()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var stranger = await StreamClient.ConnectAsync(exchange, "/stream");

        await stranger.SendAsync(Listen);
        Assert.Equal("""{"stream":"authorization","data":{"action":"listen","status":"unauthorized"}}""", await stranger.TextAsync());
        await stranger.SendAsync(Authenticate("wrong"));
        Assert.Equal("""{"stream":"authorization","data":{"action":"authenticate","status":"unauthorized"}}""", await stranger.TextAsync());
        await stranger.SendAsync("""{"action":"authenticate","data":{}}""");
        Assert.Contains("must provide key_id and secret_key", await stranger.TextAsync(), StringComparison.Ordinal);

        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 4, side = "buy", type = "market", time_in_force = "day" });

        // The next thing it hears is the answer to its own next question.
        await stranger.SendAsync("not json");
        Assert.Contains("invalid syntax", await stranger.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listening_to_nothing_stops_the_updates()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);

        await client.SendAsync("""{"action":"listen","data":{"streams":[]}}""");
        Assert.Equal("""{"stream":"listening","data":{"streams":[]}}""", await client.TextAsync());
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 4, side = "buy", type = "market", time_in_force = "day" });
        await client.SendAsync(Listen);

        Assert.Equal("""{"stream":"listening","data":{"streams":["trade_updates"]}}""", await client.TextAsync());
    }
}
