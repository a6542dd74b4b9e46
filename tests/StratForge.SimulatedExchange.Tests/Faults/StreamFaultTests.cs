using System.Net.WebSockets;
using System.Text.Json;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Tests.Streams;

namespace StratForge.SimulatedExchange.Tests.Faults;

public sealed class StreamFaultTests
{
    private static object Buy(decimal? limit = null) => limit is null
        ? new { symbol = "SPY", qty = 4, side = "buy", type = "market", time_in_force = "day", limit_price = (decimal?)null }
        : new { symbol = "SPY", qty = 4, side = "buy", type = "limit", time_in_force = "day", limit_price = limit };

    private static Task<RunningExchange> StartAsync(BarFile bars) => RunningExchange.StartAsync(bars, ("AdminKey", RunningExchange.AdminKey));

    private static async Task<string> EventAsync(StreamClient client) =>
        (await client.JsonAsync()).GetProperty("data").GetProperty("event").GetString()!;

    private static async Task<List<string>> EventsAsync(StreamClient client, int count)
    {
        var events = new List<string>();
        while (events.Count < count)
        {
            events.Add(await EventAsync(client));
        }

        return events;
    }

    [Fact]
    public async Task An_event_sent_twice_is_the_same_to_the_letter()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PlanAsync("""{"kind":"duplicate","on":"trade_updates","event":"fill"}""");

        await exchange.PostOrderAsync(Buy());

        Assert.Equal(["pending_new", "new"], await EventsAsync(client, 2));
        var fill = await client.TextAsync();
        Assert.Contains("\"execution_id\"", fill, StringComparison.Ordinal);
        Assert.Equal(fill, await client.TextAsync());
    }

    [Fact]
    public async Task A_dropped_event_is_missing_and_the_order_is_filled_all_the_same()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PlanAsync("""{"kind":"drop","on":"trade_updates","event":"fill"}""");

        await exchange.PostOrderAsync(Buy());
        await exchange.PostOrderAsync(Buy());

        Assert.Equal(["pending_new", "new", "pending_new", "new", "fill"], await EventsAsync(client, 5));
        Assert.Equal("8", (await exchange.GetAsync("/v2/positions/SPY"))["qty"].GetString());
    }

    [Fact]
    public async Task A_reordered_event_comes_behind_the_next_one()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PlanAsync("""{"kind":"reorder","on":"trade_updates","event":"new"}""");
        await exchange.PlanAsync("""{"kind":"reorder","on":"trade_updates","event":"fill","skip":1}""");

        await exchange.PostOrderAsync(Buy());
        await exchange.PostOrderAsync(Buy());
        await exchange.PostOrderAsync(Buy());

        Assert.Equal(["pending_new", "fill", "new", "pending_new", "new", "pending_new", "fill", "new", "fill"], await EventsAsync(client, 9));
    }

    [Fact]
    public async Task A_delay_holds_an_event_and_everything_behind_it_in_order()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PlanAsync("""{"kind":"delay","on":"trade_updates","event":"new","delay_ms":2000}""");
        await exchange.PostOrderAsync(Buy());
        Assert.Equal("pending_new", await EventAsync(client));
        exchange.Clock.Advance(TimeSpan.FromMilliseconds(1999));

        // An answer the stream owes at once comes before what still waits.
        await client.SendAsync("not json");
        Assert.Contains("invalid syntax", await client.TextAsync(), StringComparison.Ordinal);
        exchange.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["new", "fill"], await EventsAsync(client, 2));
    }

    [Fact]
    public async Task The_stream_is_closed_in_an_events_place_and_what_came_before_it_arrives()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        using var client = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PlanAsync("""{"kind":"disconnect","on":"trade_updates","event":"fill"}""");

        await exchange.PostOrderAsync(Buy());

        Assert.Equal(["pending_new", "new"], await EventsAsync(client, 2));
        Assert.Null(await client.NextAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.Ending);
        using var again = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PostOrderAsync(Buy());
        Assert.Equal(["pending_new", "new", "fill"], await EventsAsync(again, 3));
    }

    [Fact]
    public async Task What_nobody_listens_to_is_no_occasion()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        exchange.Faults.Add(new Fault(FaultKind.Drop, FaultTarget.TradeUpdates));
        await exchange.PostOrderAsync(Buy());
        using var client = await StreamClient.OnOrdersAsync(exchange);

        await exchange.PostOrderAsync(Buy());

        Assert.Equal(["new", "fill"], await EventsAsync(client, 2));
        Assert.Equal(1, exchange.Faults.All[0].Hits);
    }

    [Fact]
    public async Task Every_listener_meets_the_same_fault()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        using var one = await StreamClient.OnOrdersAsync(exchange);
        using var other = await StreamClient.OnOrdersAsync(exchange);
        await exchange.PlanAsync("""{"kind":"drop","on":"trade_updates","times":2}""");

        await exchange.PostOrderAsync(Buy());

        Assert.Equal("fill", await EventAsync(one));
        Assert.Equal("fill", await EventAsync(other));
    }

    [Fact]
    public async Task Bars_are_dropped_doubled_swapped_delayed_and_closed_like_order_events()
    {
        using var bars = BarFile.Flat("SPY", 100m, 101m, 102m, 103m, 104m, 105m, 106m, 107m, 108m);
        await using var exchange = await StartAsync(bars);
        using var client = await StreamClient.OnDataAsync(exchange, "/v2/iex");
        await client.SendAsync("""{"action":"subscribe","bars":["SPY"]}""");
        await client.TextAsync();
        await exchange.PlanAsync("""{"kind":"drop","on":"market_data","event":"bar","symbol":"SPY"}""");
        await exchange.PlanAsync("""{"kind":"duplicate","on":"market_data","event":"bar"}""");
        await exchange.PlanAsync("""{"kind":"reorder","on":"market_data","event":"bar"}""");
        await exchange.PlanAsync("""{"kind":"delay","on":"market_data","event":"bar","skip":1,"delay_ms":60000}""");
        await exchange.PlanAsync("""{"kind":"disconnect","on":"market_data","event":"bar","skip":2}""");

        exchange.Pass(TimeSpan.FromMinutes(9));

        // 100 is dropped, 101 comes twice, 102 behind 103, 104 waits a minute and 105 with it, in the place of 106 the stream is closed.
        var closes = new List<decimal>();
        while (await client.NextAsync() is { } message)
        {
            closes.AddRange(JsonDocument.Parse(message).RootElement.EnumerateArray().Select(bar => bar.GetProperty("c").GetDecimal()));
        }

        Assert.Equal([101m, 101m, 103m, 102m, 104m, 105m], closes);
        Assert.Equal([1L, 1L, 1L, 1L, 1L], exchange.Faults.All.Select(fault => fault.Hits));
    }
}
