using System.Net;

namespace StratForge.SimulatedExchange.Tests.Protocol;

public sealed class HostileRequestTests
{
    [Theory]
    [InlineData("POST", "/v2/orders", """{"symbol":"SPY","qty":"1e28","side":"buy","type":"market","time_in_force":"day"}""")]
    [InlineData("POST", "/v2/orders", """{"symbol":"SPY","notional":"7e28","side":"buy","type":"market","time_in_force":"day"}""")]
    [InlineData("POST", "/v2/orders", """{"symbol":"SPY","qty":"2","side":"sell","type":"limit","limit_price":"7e28","time_in_force":"day"}""")]
    [InlineData("POST", "/v2/orders", """{"symbol":"SPY","qty":"2","side":"buy","type":"stop","stop_price":7e28,"time_in_force":"day"}""")]
    [InlineData("POST", "/v2/orders", """{"symbol":"SPY","qty":"2","side":"buy","type":"trailing_stop","trail_price":"7.9e28","time_in_force":"day"}""")]
    [InlineData("POST", "/v2/orders", """{"symbol":"SPY","qty":"2","side":"buy","type":"market","time_in_force":"day","order_class":"oto","take_profit":{"limit_price":"7.9e28"}}""")]
    [InlineData("PATCH", "/v2/orders/{resting}", """{"limit_price":"7e28"}""")]
    [InlineData("PATCH", "/v2/orders/{resting}", """{"qty":"7e28"}""")]
    [InlineData("POST", "/v2/orders", """{"symbol":"\ud800","qty":"1","side":"buy","type":"market","time_in_force":"day"}""")]
    [InlineData("POST", "/v2/orders", """{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"day","client_order_id":"\ud800"}""")]
    [InlineData("PATCH", "/v2/account/configurations", """{"x":"\ud800"}""")]
    [InlineData("PATCH", "/v2/account/configurations", """{"\ud800":true}""")]
    [InlineData("POST", "/v2/watchlists", """{"name":"mine","symbols":["\udc00"]}""")]
    public async Task What_no_account_can_hold_is_refused_and_the_exchange_goes_on(string method, string path, string body)
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var resting = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 2, side = "buy", type = "limit", limit_price = 90, time_in_force = "gtc" });

        var refused = await exchange.SendAsync(new HttpMethod(method), path.Replace("{resting}", resting["id"].GetString(), StringComparison.Ordinal), body);

        Assert.Equal((HttpStatusCode.BadRequest, 40010000), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/account")).Status);
    }

    [Theory]
    [InlineData("""{"activity_type":"INT","net_amount":"7e28"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"activity_type":"INT","net_amount":"1","description":"\ud800"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"activity_type":"INT","net_amount":"1","moves":"\ud800"}""", HttpStatusCode.BadRequest)]
    public async Task Nor_does_the_admin_api_take_it(string entry, HttpStatusCode refusal)
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));

        Assert.Equal(refusal, (await exchange.AdminAsync(HttpMethod.Post, "/admin/activities", entry)).Status);
        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/account")).Status);
    }

    [Fact]
    public async Task An_order_of_the_evening_cannot_stop_the_market_of_the_morning()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));
        exchange.Pass(TimeSpan.FromSeconds(8));

        var wide = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 1, side = "buy", type = "trailing_stop", trail_price = "1e27", time_in_force = "gtc" });
        var widest = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 1, side = "buy", type = "trailing_stop", trail_price = "1e12", time_in_force = "gtc" });
        exchange.Pass(TimeSpan.FromSeconds(16));

        Assert.Equal(HttpStatusCode.BadRequest, wide.Status);
        Assert.Equal("new", (await exchange.GetAsync($"/v2/orders/{widest["id"].GetString()}"))["status"].GetString());
    }

    [Fact]
    public async Task A_command_that_fails_before_it_has_changed_anything_is_the_trouble_of_one_request()
    {
        await using var exchange = await RunningExchange.StartAsync();

        Assert.Throws<OverflowException>(() => exchange.Floor.Do<int>((_, _) => throw new OverflowException()));

        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/account")).Status);
    }

    [Fact]
    public async Task A_command_that_fails_halfway_stops_the_exchange()
    {
        await using var exchange = await RunningExchange.StartAsync();

        Assert.Throws<OverflowException>(() => exchange.Floor.Do<int>((view, draft) =>
        {
            draft.Configure(view.Book.Configuration with { SuspendTrade = true });
            throw new OverflowException();
        }));

        Assert.Equal("The exchange stopped after a fault.", Assert.Throws<InvalidOperationException>(() => exchange.Floor.Walk()).Message);
    }
}
