using System.Net;
using StratForge.SimulatedExchange.Tests.Streams;

namespace StratForge.SimulatedExchange.Tests.Floor;

public sealed class HaltTests
{
    [Fact]
    public async Task In_a_halt_orders_rest_and_when_it_is_over_they_trade()
    {
        using var bars = BarFile.Flat("SPY", 100m, 101m, 102m).Add("AAPL", BarFile.Start, 50m, 50m, 50m, 50m);
        await using var exchange = await RunningExchange.StartAsync(bars, ("AdminKey", RunningExchange.AdminKey));
        using var client = await StreamClient.OnDataAsync(exchange, "/v2/iex");
        await client.SendAsync("""{"action":"subscribe","statuses":["*"]}""");
        _ = await client.JsonAsync();

        var begun = await exchange.AdminAsync(HttpMethod.Post, "/admin/halts", """{"symbol":"SPY","reason_code":"T2","reason":"Halt News Released"}""");
        var halted = (await client.JsonAsync())[0];
        await OrderAsync(exchange, "SPY", "resting", "day");
        await OrderAsync(exchange, "SPY", "at once", "ioc");
        await OrderAsync(exchange, "AAPL", "other", "day");
        exchange.Pass(TimeSpan.FromSeconds(30));
        var during = (await StateAsync(exchange, "resting"), await StateAsync(exchange, "at once"), await StateAsync(exchange, "other"));
        var listed = await exchange.AdminAsync(HttpMethod.Get, "/admin/halts");

        var ended = await exchange.AdminAsync(HttpMethod.Delete, "/admin/halts/SPY");
        var resumed = (await client.JsonAsync())[0];
        exchange.Pass(TimeSpan.FromSeconds(15));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NoContent), (begun.Status, ended.Status));
        Assert.Equal(("s", "SPY", "H", "T2", "Halt News Released"), (
            halted.GetProperty("T").GetString(), halted.GetProperty("S").GetString(), halted.GetProperty("sc").GetString(),
            halted.GetProperty("rc").GetString(), halted.GetProperty("rm").GetString()));
        Assert.Equal(("new", "canceled", "filled"), during);
        Assert.Equal("SPY", Assert.Single(listed.Body.EnumerateArray()).GetProperty("symbol").GetString());
        Assert.Equal(("T", "Trading Resumption"), (resumed.GetProperty("sc").GetString(), resumed.GetProperty("sm").GetString()));
        Assert.Equal("filled", await StateAsync(exchange, "resting"));
    }

    [Theory]
    [InlineData("""{"symbol":"BTC/USD"}""")]
    [InlineData("""{"symbol":"NONE"}""")]
    [InlineData("{}")]
    public async Task What_cannot_be_halted_is_refused(string request)
    {
        using var bars = BarFile.Flat("SPY", 100m).Add("BTC/USD", BarFile.Start, 500m, 500m, 500m, 500m);
        await using var exchange = await RunningExchange.StartAsync(bars, ("AdminKey", RunningExchange.AdminKey));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await exchange.AdminAsync(HttpMethod.Post, "/admin/halts", request)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await exchange.AdminAsync(HttpMethod.Delete, "/admin/halts/SPY")).Status);
    }

    private static Task<Answer> OrderAsync(RunningExchange exchange, string symbol, string id, string timeInForce) =>
        exchange.PostOrderAsync(new { symbol, qty = 1, side = "buy", type = "market", time_in_force = timeInForce, client_order_id = id });

    private static async Task<string?> StateAsync(RunningExchange exchange, string id) =>
        (await exchange.GetAsync($"/v2/orders:by_client_order_id?client_order_id={Uri.EscapeDataString(id)}"))["status"].GetString();
}
