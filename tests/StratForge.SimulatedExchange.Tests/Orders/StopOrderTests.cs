using System.Net;
using System.Text.Json;
using StratForge.SimulatedExchange.Tests.Streams;

namespace StratForge.SimulatedExchange.Tests.Orders;

public sealed class StopOrderTests
{
    private static object Stop(string side, decimal stop, decimal? limit = null, object? qty = null) =>
        new { symbol = "SPY", qty = qty ?? 10, side, type = limit is null ? "stop" : "stop_limit", stop_price = stop, limit_price = limit, time_in_force = "gtc" };

    private static object Trailing(string side, decimal? price = null, decimal? percent = null, int qty = 10) =>
        new { symbol = "SPY", qty, side, type = "trailing_stop", trail_price = price, trail_percent = percent, time_in_force = "gtc" };

    private static Task<Answer> Buy(RunningExchange exchange, int qty = 10) =>
        exchange.PostOrderAsync(new { symbol = "SPY", qty, side = "buy", type = "market", time_in_force = "day" });

    private static async Task<Answer> Again(RunningExchange exchange, Answer posted) => await exchange.GetAsync($"/v2/orders/{posted["id"].GetString()}");

    private static (string?, string?) State(Answer order) => (order["status"].GetString(), order["filled_avg_price"].GetString());

    [Fact]
    public async Task A_stop_waits_and_then_sells_at_the_market()
    {
        using var bars = BarFile.Flat("SPY", 100m, 96m, 94m, 99m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Buy(exchange);

        var posted = await exchange.PostOrderAsync(Stop("sell", 95m));
        exchange.Pass(TimeSpan.FromSeconds(119));
        var before = await Again(exchange, posted);
        exchange.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(("stop", "stop", "95"), (posted["type"].GetString(), posted["order_type"].GetString(), posted["stop_price"].GetString()));
        Assert.Equal(JsonValueKind.Null, posted["limit_price"].ValueKind);
        Assert.Equal(("new", null), State(before));
        Assert.Equal(("filled", "94"), State(await Again(exchange, posted)));
    }

    [Fact]
    public async Task An_elected_buy_stop_pays_only_little_more_than_its_stop_and_waits_for_that()
    {
        using var bars = BarFile.Flat("SPY", 100m, 120m, 107m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await exchange.PostOrderAsync(Stop("buy", 105m));

        exchange.Pass(TimeSpan.FromSeconds(90));
        var beyond = await Again(exchange, posted);
        exchange.Pass(TimeSpan.FromSeconds(40));

        // 105 and 2.5 percent are 107.62.
        Assert.Equal(("new", null), State(beyond));
        Assert.Equal(("filled", "107"), State(await Again(exchange, posted)));
    }

    [Fact]
    public async Task An_elected_stop_limit_stays_a_limit_order_wherever_the_price_goes()
    {
        using var bars = BarFile.Flat("SPY", 100m, 90m, 97m, 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Buy(exchange);
        var posted = await exchange.PostOrderAsync(Stop("sell", 95m, limit: 98m));

        exchange.Pass(TimeSpan.FromSeconds(130));
        var waiting = await Again(exchange, posted);
        exchange.Pass(TimeSpan.FromSeconds(60));

        Assert.Equal(("stop_limit", "95", "98"), (posted["type"].GetString(), posted["stop_price"].GetString(), posted["limit_price"].GetString()));
        Assert.Equal(("new", null), State(waiting));
        Assert.Equal(("filled", "100"), State(await Again(exchange, posted)));
    }

    [Fact]
    public async Task A_stop_in_fractions_or_by_amount_is_for_the_day()
    {
        using var bars = BarFile.Flat("SPY", 100m, 106m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var byAmount = await exchange.PostOrderAsync(new { symbol = "SPY", notional = "53", side = "buy", type = "stop", stop_price = 105, time_in_force = "day" });
        var lasting = await exchange.PostOrderAsync(Stop("buy", 105m, qty: 1.5m));
        exchange.Pass(TimeSpan.FromSeconds(70));

        Assert.Equal("fractional orders must be DAY orders", lasting.Message);
        var filled = await Again(exchange, byAmount);
        Assert.Equal(("filled", "106", "0.5", "53"), (filled["status"].GetString(), filled["filled_avg_price"].GetString(), filled["filled_qty"].GetString(), filled["notional"].GetString()));
    }

    [Fact]
    public async Task A_trailing_stop_shows_where_it_stands_follows_the_price_up_and_sells_on_the_way_down()
    {
        using var bars = BarFile.Flat("SPY", 100m, 110m, 107m, 104m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        await Buy(exchange);

        var posted = await exchange.PostOrderAsync(Trailing("sell", percent: 5m));
        exchange.Pass(TimeSpan.FromSeconds(130));
        var followed = await Again(exchange, posted);
        exchange.Pass(TimeSpan.FromSeconds(60));

        Assert.Equal(("new", "100", "95", "5"), (posted["status"].GetString(), posted["hwm"].GetString(), posted["stop_price"].GetString(), posted["trail_percent"].GetString()));
        Assert.Equal(JsonValueKind.Null, posted["trail_price"].ValueKind);
        Assert.Equal(("new", "110", "104.5"), (followed["status"].GetString(), followed["hwm"].GetString(), followed["stop_price"].GetString()));
        Assert.Equal(("filled", "104"), State(await Again(exchange, posted)));
    }

    [Fact]
    public async Task A_trailing_buy_follows_the_price_down()
    {
        using var bars = BarFile.Flat("SPY", 100m, 90m, 92m, 93m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        var posted = await exchange.PostOrderAsync(Trailing("buy", price: 3m));

        exchange.Pass(TimeSpan.FromSeconds(190));

        var order = await Again(exchange, posted);
        Assert.Equal("103", posted["stop_price"].GetString());
        Assert.Equal(("filled", "93", "90", "93"), (order["status"].GetString(), order["filled_avg_price"].GetString(), order["hwm"].GetString(), order["stop_price"].GetString()));
    }

    [Fact]
    public async Task Stops_wait_for_the_regular_session()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));
        await Buy(exchange);

        // From ten in the morning to six in the evening.
        exchange.Pass(TimeSpan.FromSeconds(8));
        var stop = await exchange.PostOrderAsync(Stop("buy", 100_000m, qty: 1));
        var trailing = await exchange.PostOrderAsync(Trailing("sell", percent: 0.1m));
        var before = (trailing["status"].GetString(), trailing["hwm"].ValueKind, trailing["stop_price"].ValueKind);
        exchange.Pass(TimeSpan.FromSeconds(15));
        var atNight = await Again(exchange, trailing);
        exchange.Pass(TimeSpan.FromSeconds(5));

        Assert.Equal("accepted", stop["status"].GetString());
        Assert.Equal(("accepted", JsonValueKind.Null, JsonValueKind.Null), before);
        Assert.Equal("accepted", atNight["status"].GetString());
        Assert.Equal("new", (await Again(exchange, stop))["status"].GetString());
        Assert.Equal("filled", (await Again(exchange, trailing))["status"].GetString());
    }

    [Fact]
    public async Task A_day_order_of_New_Yorks_session_expires_at_the_bell()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));
        using var client = await StreamClient.OnOrdersAsync(exchange);
        var posted = await exchange.PostOrderAsync(new { symbol = "SPY", qty = 1, side = "buy", type = "stop", stop_price = 100_000, time_in_force = "day" });

        exchange.Pass(TimeSpan.FromSeconds(7));

        var order = await Again(exchange, posted);
        Assert.Equal(("expired", "2025-03-04T21:00:00Z", "2025-03-04T21:00:00Z"), (order["status"].GetString(), order["expired_at"].GetString(), order["expires_at"].GetString()));
        var events = new List<string?>();
        while (events.Count < 3)
        {
            events.Add((await client.JsonAsync()).GetProperty("data").GetProperty("event").GetString());
        }

        Assert.Equal(["pending_new", "new", "expired"], events);
        Assert.Equal("400000", (await exchange.GetAsync("/v2/account"))["buying_power"].GetString());
    }

    [Fact]
    public async Task A_limit_order_for_extended_hours_trades_from_four_to_eight()
    {
        await using var exchange = await RunningExchange.StartAsync(("Hours", "nyse"), ("Speed", "3600"));
        static object Extended(string id) => new
        {
            symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 100_000, time_in_force = "gtc", extended_hours = true, client_order_id = id,
        };

        // At six in the evening, at ten, and again at a quarter to four in the morning.
        exchange.Pass(TimeSpan.FromSeconds(8));
        var evening = await exchange.PostOrderAsync(Extended("evening"));
        exchange.Pass(TimeSpan.FromSeconds(4));
        var night = await exchange.PostOrderAsync(Extended("night"));
        exchange.Pass(TimeSpan.FromSeconds(5.75));
        var before = await Again(exchange, night);
        exchange.Pass(TimeSpan.FromSeconds(0.25));

        Assert.Equal(("pending_new", "filled"), (evening["status"].GetString(), (await Again(exchange, evening))["status"].GetString()));
        Assert.Equal(("accepted", "accepted"), (night["status"].GetString(), before["status"].GetString()));
        var filled = await Again(exchange, night);
        Assert.Equal(("filled", "2025-03-05T09:00:00Z"), (filled["status"].GetString(), filled["filled_at"].GetString()));
    }

    [Fact]
    public async Task A_stop_on_the_wrong_side_says_where_the_market_is()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);

        var refused = await exchange.PostOrderAsync(Stop("sell", 101m));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, 42210000, "stop price must be less than current price"), (refused.Status, refused.Code, refused.Message));
        Assert.Equal(("100", "101"), (refused["market_price"].GetString(), refused["stop_price"].GetString()));
    }

    [Fact]
    public async Task A_stock_of_whole_shares_says_so_and_takes_no_part_of_one()
    {
        using var bars = BarFile.Flat("SPY", 100m).Add("AAPL", BarFile.Start, 50m, 50m, 50m, 50m);
        await using var exchange = await RunningExchange.StartAsync(bars, ("WholeShares", "AAPL, MSFT"));

        var part = await exchange.PostOrderAsync(new { symbol = "AAPL", qty = 1.5, side = "buy", type = "market", time_in_force = "day" });
        var amount = await exchange.PostOrderAsync(new { symbol = "AAPL", notional = 20, side = "buy", type = "market", time_in_force = "day" });

        Assert.Equal((HttpStatusCode.Forbidden, 40310000, "asset \"AAPL\" is not fractionable"), (part.Status, part.Code, part.Message));
        Assert.Equal(part.Message, amount.Message);
        Assert.False((await exchange.GetAsync("/v2/assets/AAPL"))["fractionable"].GetBoolean());
        Assert.True((await exchange.GetAsync("/v2/assets/SPY"))["fractionable"].GetBoolean());
    }
}
