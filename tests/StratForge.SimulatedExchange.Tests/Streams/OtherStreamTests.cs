using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Streams;

/// <summary>Streams beside those of stocks and coins, and the order stream in its second framing.</summary>
public sealed class OtherStreamTests
{
    [Fact]
    public async Task An_exchange_that_stops_tells_every_stream_that_it_goes_away()
    {
        await using var exchange = await RunningExchange.StartAsync();
        using var orders = await StreamClient.OnOrdersAsync(exchange);
        using var data = await StreamClient.OnDataAsync(exchange, "/v2/iex");

        var stopping = exchange.StopAsync();

        foreach (var client in (StreamClient[])[orders, data])
        {
            Assert.Null(await client.NextAsync());
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.Ending);
            await client.CloseAsync();
        }

        await stopping;
    }

    [Fact]
    public async Task The_test_stream_trades_at_any_real_time()
    {
        await using var exchange = await RunningExchange.StartAsync();
        using var client = await StreamClient.OnDataAsync(exchange, "/v2/test");
        await client.SendAsync("""{"action":"subscribe","quotes":["FAKEPACA"],"bars":["*"]}""");
        Assert.Equal("""[{"T":"subscription","trades":[],"quotes":["FAKEPACA"],"bars":["*"]}]""", await client.TextAsync());

        exchange.Clock.Advance(TimeSpan.FromSeconds(5));

        var quote = (await client.JsonAsync())[0];
        Assert.Equal(("q", "FAKEPACA", "2026-03-04T15:00:05Z"), (quote.GetProperty("T").GetString(), quote.GetProperty("S").GetString(), quote.GetProperty("t").GetString()));
        Assert.Equal(0.02m, quote.GetProperty("ap").GetDecimal() - quote.GetProperty("bp").GetDecimal());
    }

    [Fact]
    public async Task The_minute_of_the_test_stream_is_a_bar()
    {
        await using var exchange = await RunningExchange.StartAsync();
        using var client = await StreamClient.OnDataAsync(exchange, "/v2/test");
        await client.SendAsync("""{"action":"subscribe","bars":["FAKEPACA"]}""");
        await client.JsonAsync();

        for (var second = 0; second < 60; second += 5)
        {
            exchange.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        var bar = (await client.JsonAsync())[0];
        Assert.Equal(("b", "2026-03-04T15:00:00Z", 12), (bar.GetProperty("T").GetString(), bar.GetProperty("t").GetString(), bar.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task News_can_be_listened_to_and_read_at_one_address()
    {
        await using var exchange = await RunningExchange.StartAsync();
        using var client = await StreamClient.OnDataAsync(exchange, "/v1beta1/news");

        await client.SendAsync("""{"action":"subscribe","news":["*"]}""");

        Assert.Equal("""[{"T":"subscription","news":["*"]}]""", await client.TextAsync());
        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v1beta1/news")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await exchange.SendBareAsync("/v1beta1/news")).Status);
    }

    [Fact]
    public async Task Order_books_are_told_whole()
    {
        using var bars = BarFile.Flat("BTC/USD", 500m, 501m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnDataAsync(exchange, "/v1beta3/crypto/us");
        await client.SendAsync("""{"action":"subscribe","orderbooks":["BTC/USD"]}""");
        await client.JsonAsync();

        exchange.Pass(TimeSpan.FromSeconds(60));
        JsonElement book;
        do
        {
            book = (await client.JsonAsync())[0];
        }
        while (book.GetProperty("t").GetString() != "2014-06-02T14:01:00Z");

        Assert.Equal(("o", "BTC/USD", true), (book.GetProperty("T").GetString(), book.GetProperty("S").GetString(), book.GetProperty("r").GetBoolean()));
        Assert.Equal(501m, book.GetProperty("b")[0].GetProperty("p").GetDecimal());
        Assert.Equal(10, book.GetProperty("a").GetArrayLength());
    }

    [Fact]
    public async Task The_order_stream_speaks_MessagePack_to_who_asks_for_it()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.ConnectAsync(exchange, "/stream", ("Content-Type", "application/msgpack"));

        await client.SendAsync(Packed($$$"""{"action":"authenticate","data":{"key_id":"{{{RunningExchange.Key}}}","secret_key":"{{{RunningExchange.Secret}}}"}}"""), WebSocketMessageType.Binary);
        Assert.Equal("authorized", (await NextAsync()).GetProperty("data").GetProperty("status").GetString());
        await client.SendAsync(Packed("""{"action":"listen","data":{"streams":["trade_updates"]}}"""), WebSocketMessageType.Binary);
        Assert.Equal("listening", (await NextAsync()).GetProperty("stream").GetString());
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = 4, side = "buy", type = "market", time_in_force = "day" });

        var events = new List<JsonElement> { await NextAsync(), await NextAsync(), await NextAsync() }.ConvertAll(frame => frame.GetProperty("data"));
        Assert.Equal(["pending_new", "new", "fill"], events.Select(data => data.GetProperty("event").GetString()));
        Assert.Equal(("100", "4", JsonValueKind.Null), (events[2].GetProperty("price").GetString(), events[2].GetProperty("qty").GetString(), events[2].GetProperty("order").GetProperty("legs").ValueKind));

        async Task<JsonElement> NextAsync()
        {
            using var document = SimulatedExchange.Streams.MsgpackReader.ToJson(await client.NextAsync());
            Assert.Equal(WebSocketMessageType.Binary, client.LastKind);
            return document!.RootElement.Clone();
        }

        static byte[] Packed(string json)
        {
            using var document = JsonDocument.Parse(json);
            var to = new SimulatedExchange.Streams.MsgpackWriter();
            to.Json(document.RootElement);
            return to.ToArray();
        }
    }
}
