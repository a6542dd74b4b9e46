namespace StratForge.SimulatedExchange.Tests.Persistence;

public sealed class RestartTests
{
    private static object Order(string side, decimal? limit, string id) => limit is null
        ? new { symbol = "SPY", qty = 5, side, type = "market", time_in_force = "gtc", client_order_id = id }
        : new { symbol = "SPY", qty = 5, side, type = "limit", limit_price = limit, time_in_force = "gtc", client_order_id = id };

    [Fact]
    public async Task After_a_restart_everything_is_as_it_was_and_goes_on()
    {
        using var folder = new TemporaryFolder();
        using var bars = BarFile.Flat("SPY", 100m, 101m, 95m, 96m);
        string[] reads = ["/v2/account", "/v2/positions", "/v2/orders?status=all", "/v2/account/activities", "/v2/account/configurations"];
        var before = new List<string>();
        await using (var exchange = await RunningExchange.StartAsync(bars, ("DataDirectory", folder.Path)))
        {
            await exchange.PostOrderAsync(Order("buy", null, "held"));
            exchange.Pass(TimeSpan.FromSeconds(70));
            await exchange.PostOrderAsync(Order("buy", 97m, "resting"));
            await exchange.PostOrderAsync(Order("buy", 90m, "canceled"));
            var canceled = await exchange.GetAsync("/v2/orders:by_client_order_id?client_order_id=canceled");
            await exchange.DeleteAsync($"/v2/orders/{canceled["id"].GetString()}");
            await exchange.SendAsync(HttpMethod.Patch, "/v2/account/configurations", """{"no_shorting":true}""");
            foreach (var read in reads)
            {
                before.Add((await exchange.GetAsync(read)).Text);
            }
        }

        await using var again = await RunningExchange.StartAsync(bars, ("DataDirectory", folder.Path));
        var after = new List<string>();
        foreach (var read in reads)
        {
            after.Add((await again.GetAsync(read)).Text);
        }

        Assert.Equal(before, after);
        Assert.Equal("2014-06-02T10:01:10.000003-04:00", (await again.GetAsync("/v2/clock"))["timestamp"].GetString());
        Assert.Equal("client_order_id must be unique", (await again.PostOrderAsync(Order("buy", null, "held"))).Message);
        again.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal("95", (await again.GetAsync("/v2/orders:by_client_order_id?client_order_id=resting"))["filled_avg_price"].GetString());
    }

    [Fact]
    public async Task Another_market_in_the_same_folder_has_an_account_of_its_own()
    {
        using var folder = new TemporaryFolder();
        using var bars = BarFile.Flat("SPY", 100m);
        using var others = BarFile.Flat("SPY", 50m);
        await using (var exchange = await RunningExchange.StartAsync(bars, ("DataDirectory", folder.Path)))
        {
            await exchange.PostOrderAsync(Order("buy", null, "held"));
        }

        await using var other = await RunningExchange.StartAsync(others, ("DataDirectory", folder.Path));

        Assert.Equal("[]", (await other.GetAsync("/v2/positions")).Text);
    }
}
