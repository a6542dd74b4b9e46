using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Tests.Streams;

namespace StratForge.SimulatedExchange.Tests.Faults;

public sealed class FillFaultTests
{
    [Fact]
    public async Task Orders_fill_in_the_parts_that_were_planned()
    {
        using var bars = BarFile.Flat("SPY", 100m, 101m, 102m).Add("AAPL", BarFile.Start, 50m, 50m, 50m, 50m);
        await using var exchange = await RunningExchange.StartAsync(bars, ("AdminKey", RunningExchange.AdminKey));
        using var client = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PlanAsync("""{"kind":"partial_fill","on":"fills","symbol":"SPY","times":2,"part":0.25}""");

        await exchange.PostOrderAsync(new { symbol = "AAPL", qty = 8, side = "buy", type = "market", time_in_force = "day" });
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 100, side = "buy", type = "market", time_in_force = "day" });
        exchange.Pass(TimeSpan.FromSeconds(45));

        var fills = new List<(string? Event, string? Quantity, string? Position)>();
        while (fills.Count < 4)
        {
            var data = (await client.JsonAsync()).GetProperty("data");
            if (data.TryGetProperty("qty", out var quantity))
            {
                fills.Add((data.GetProperty("event").GetString(), quantity.GetString(), data.GetProperty("position_qty").GetString()));
            }
        }

        // 1 + 99/4 of 100, then 1 + 74/4 of 75, then the rest.
        Assert.Equal([("fill", "8", "8"), ("partial_fill", "25", "25"), ("partial_fill", "19", "44"), ("fill", "56", "100")], fills);
    }

    [Fact]
    public async Task What_cannot_be_divided_is_no_occasion()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Faults.Add(new Fault(FaultKind.PartialFill, FaultTarget.Fills));

        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 1, side = "buy", type = "market", time_in_force = "day", client_order_id = "one" });
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 5, side = "buy", type = "market", time_in_force = "fok", client_order_id = "all" });
        await exchange.PostOrderAsync(new { symbol = "SPY", notional = 50, side = "buy", type = "market", time_in_force = "day", client_order_id = "amount" });
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 4, side = "buy", type = "market", time_in_force = "ioc", client_order_id = "some" });

        var states = new List<(string?, string?)>();
        foreach (var id in (string[])["one", "all", "amount", "some"])
        {
            var order = await exchange.GetAsync($"/v2/orders:by_client_order_id?client_order_id={id}");
            states.Add((order["status"].GetString(), order["filled_qty"].GetString()));
        }

        Assert.Equal([("filled", "1"), ("filled", "5"), ("filled", "0.5"), ("canceled", "2")], states);
    }
}
