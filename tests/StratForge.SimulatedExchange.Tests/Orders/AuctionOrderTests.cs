using System.Net;

namespace StratForge.SimulatedExchange.Tests.Orders;

/// <summary>Orders for the opening or the closing auction alone.</summary>
public sealed class AuctionOrderTests
{
    // Twenty past nine in New York; the first minute of the session opens at 101, the last closes at 111.
    private static BarFile Market() => BarFile.Empty()
        .Add("SPY", At(13, 20), 100m, 100m, 100m, 100m)
        .Add("SPY", At(13, 30), 101m, 104m, 100m, 103m)
        .Add("SPY", At(13, 31), 103m, 103m, 103m, 103m)
        .Add("SPY", At(19, 45), 110m, 110m, 110m, 110m)
        .Add("SPY", At(19, 59), 110m, 112m, 109m, 111m)
        .Add("SPY", At(20, 0), 112m, 112m, 112m, 112m);

    private static DateTimeOffset At(int hour, int minute) => new(2014, 6, 2, hour, minute, 0, TimeSpan.Zero);

    private static object Order(string id, string timeInForce, decimal? limit = null, string type = "market") =>
        new { symbol = "SPY", qty = 1, side = "buy", type = limit is null ? type : "limit", limit_price = limit, time_in_force = timeInForce, client_order_id = id };

    private static async Task<(string?, string?)> StateOf(RunningExchange exchange, string id)
    {
        var order = await exchange.GetAsync($"/v2/orders:by_client_order_id?client_order_id={id}");
        return (order["status"].GetString(), order["filled_avg_price"].GetString());
    }

    [Fact]
    public async Task The_opening_auction_fills_at_the_open_or_not_at_all()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars, ("Hours", "nyse"));
        await exchange.PostOrderAsync(Order("meets", "opg"));
        await exchange.PostOrderAsync(Order("misses", "opg", limit: 100.5m));
        Assert.Equal(("accepted", null), await StateOf(exchange, "meets"));

        exchange.Pass(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(15));

        // The price fell to 100 a quarter minute later, when the auction was over.
        Assert.Equal(("filled", "101"), await StateOf(exchange, "meets"));
        Assert.Equal(("canceled", null), await StateOf(exchange, "misses"));
    }

    [Fact]
    public async Task The_closing_auction_fills_at_the_close()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars, ("Hours", "nyse"));
        await exchange.PostOrderAsync(Order("closing", "cls"));

        exchange.Pass(TimeSpan.FromMinutes(12));
        Assert.Equal(("accepted", null), await StateOf(exchange, "closing"));

        // The pause until a quarter to four is jumped over.
        exchange.Pass(TimeSpan.FromMinutes(15));
        Assert.Equal(("filled", "111"), await StateOf(exchange, "closing"));
    }

    [Fact]
    public async Task Shortly_before_an_auction_and_until_the_evening_none_is_taken()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars, ("Hours", "nyse"));
        exchange.Pass(TimeSpan.FromMinutes(8));

        var opening = await exchange.PostOrderAsync(Order("late", "opg"));
        exchange.Pass(TimeSpan.FromMinutes(4 + 6));
        var closing = await exchange.PostOrderAsync(Order("later", "cls"));

        Assert.Equal((HttpStatusCode.Forbidden, "opg orders must be submitted after 7:00pm and before 9:28am"), (opening.Status, opening.Message));
        Assert.Equal((HttpStatusCode.Forbidden, "cls orders must be submitted after 7:00pm and before 3:50pm"), (closing.Status, closing.Message));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await exchange.PostOrderAsync(Order("trail", "opg", type: "stop"))).Status);
    }
}
