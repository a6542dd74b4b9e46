using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Streams;

public sealed class DataStreamTests
{
    private static BarFile TwoMinutes() => BarFile.Empty()
        .Add("SPY", BarFile.Start, 100m, 104m, 99m, 103m, 1001m)
        .Add("SPY", BarFile.Start.AddMinutes(1), 103m, 103m, 101m, 102m)
        .Add("BTC/USD", BarFile.Start, 500m, 504m, 499m, 503m, 1.5m);

    [Fact]
    public async Task A_minute_is_told_in_four_prices_and_as_a_bar_when_it_is_over()
    {
        using var bars = TwoMinutes();
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnDataAsync(exchange, "/v2/iex");
        await client.SendAsync("""{"action":"subscribe","bars":["*"],"trades":["SPY"]}""");
        var state = (await client.JsonAsync())[0];

        var told = new List<JsonElement>();
        for (var step = 1; step <= 4; step++)
        {
            exchange.Pass(TimeSpan.FromSeconds(15));
            told.AddRange((await client.JsonAsync()).EnumerateArray());
        }

        Assert.Equal(["SPY"], state.GetProperty("corrections").EnumerateArray().Select(symbol => symbol.GetString()));
        Assert.Equal(
            ["T", "trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections", "cancelErrors"],
            state.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["t", "t", "t", "b", "t"], told.Select(message => message.GetProperty("T").GetString()));
        Assert.Equal([99m, 104m, 103m, 103m], told.Where(message => message.TryGetProperty("p", out _)).Select(message => message.GetProperty("p").GetDecimal()));
        var bar = told[3];
        Assert.Equal("2014-06-02T14:00:00Z", bar.GetProperty("t").GetString());
        Assert.Equal((100m, 104m, 99m, 103m, 1001), (
            bar.GetProperty("o").GetDecimal(), bar.GetProperty("h").GetDecimal(), bar.GetProperty("l").GetDecimal(), bar.GetProperty("c").GetDecimal(), bar.GetProperty("v").GetInt32()));
        Assert.Equal(251, told[2].GetProperty("s").GetInt32());
    }

    [Fact]
    public async Task Subscriptions_add_up_and_unsubscribing_takes_away()
    {
        using var bars = TwoMinutes();
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.OnDataAsync(exchange, "/v1beta3/crypto/us");

        await client.SendAsync("""{"action":"subscribe","bars":["BTC/USD"]}""", WebSocketMessageType.Binary);
        _ = await client.JsonAsync();
        await client.SendSplitAsync("""{"action":"subscribe","bars":["*"],"quotes":["BTC/USD"],"statuses":[]}""");
        var both = (await client.JsonAsync())[0];
        await client.SendAsync("""{"action":"unsubscribe","bars":["*"]}""");
        var one = (await client.JsonAsync())[0];
        exchange.Pass(TimeSpan.FromSeconds(15));
        var quote = (await client.JsonAsync())[0];

        Assert.Equal(["*", "BTC/USD"], both.GetProperty("bars").EnumerateArray().Select(symbol => symbol.GetString()));
        Assert.Equal(["BTC/USD"], one.GetProperty("bars").EnumerateArray().Select(symbol => symbol.GetString()));
        Assert.Equal(("q", 499m, 499m), (quote.GetProperty("T").GetString(), quote.GetProperty("bp").GetDecimal(), quote.GetProperty("ap").GetDecimal()));
    }

    [Fact]
    public async Task Whoever_errs_is_told_Alpacas_code()
    {
        using var bars = TwoMinutes();
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.ConnectAsync(exchange, "/v2/iex");
        _ = await client.TextAsync();

        Assert.Equal((401, "not authenticated"), await Error("""{"action":"subscribe","bars":["SPY"]}"""));
        Assert.Equal((402, "auth failed"), await Error("""{"action":"auth","key":"PKTEST","secret":"wrong"}"""));
        Assert.Equal((400, "invalid syntax"), await Error("{"));
        await client.SendAsync(StreamClient.Authentication);
        _ = await client.TextAsync();
        Assert.Equal((403, "already authenticated"), await Error(StreamClient.Authentication));
        Assert.Equal((410, "invalid subscribe action for this feed"), await Error("""{"action":"subscribe","orderbooks":["SPY"]}"""));
        Assert.Equal((400, "invalid syntax"), await Error("""{"action":"subscribe","bars":["BTC/USD"]}"""));
        Assert.Equal((400, "invalid syntax"), await Error("""{"action":"dance"}"""));
        var symbols = string.Join(',', Enumerable.Range(0, 5_001).Select(number => $"\"S{number}\""));
        Assert.Equal((405, "symbol limit exceeded"), await Error($$"""{"action":"subscribe","bars":[{{symbols}}]}"""));

        async Task<(int Code, string? Message)> Error(string message)
        {
            await client.SendAsync(message);
            var answer = (await client.JsonAsync())[0];
            Assert.Equal("error", answer.GetProperty("T").GetString());
            return (answer.GetProperty("code").GetInt32(), answer.GetProperty("msg").GetString());
        }
    }

    [Fact]
    public async Task One_connection_per_endpoint_is_let_in_and_the_next_as_soon_as_it_is_gone()
    {
        using var bars = TwoMinutes();
        await using var exchange = await RunningExchange.StartAsync(bars);
        var first = await StreamClient.OnDataAsync(exchange, "/v2/iex");
        using var elsewhere = await StreamClient.OnDataAsync(exchange, "/v1beta3/crypto/us");
        using var second = await StreamClient.ConnectAsync(exchange, "/v2/iex");
        _ = await second.TextAsync();

        await second.SendAsync(StreamClient.Authentication);
        Assert.Equal("""[{"T":"error","code":406,"msg":"connection limit exceeded"}]""", await second.TextAsync());

        first.Dispose();
        string answer;
        do
        {
            await second.SendAsync(StreamClient.Authentication);
            answer = await second.TextAsync();
        }
        while (answer.Contains("406", StringComparison.Ordinal));

        Assert.Equal("""[{"T":"success","msg":"authenticated"}]""", answer);
    }

    [Fact]
    public async Task Credentials_on_the_upgrade_let_in_at_once()
    {
        using var bars = TwoMinutes();
        await using var exchange = await RunningExchange.StartAsync(bars);

        using var client = await StreamClient.ConnectAsync(
            exchange, "/v2/sip", ("APCA-API-KEY-ID", RunningExchange.Key), ("APCA-API-SECRET-KEY", RunningExchange.Secret));

        Assert.Equal("""[{"T":"success","msg":"connected"}]""", await client.TextAsync());
        Assert.Equal("""[{"T":"success","msg":"authenticated"}]""", await client.TextAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_and_holds_nobody_up()
    {
        using var bars = BarFile.Flat("SPY", [.. Enumerable.Repeat(100m, 600)]);
        await using var exchange = await RunningExchange.StartAsync(bars, ("Speed", "3600"));
        using var slow = await StreamClient.OnDataAsync(exchange, "/v2/iex");
        using var other = await StreamClient.OnDataAsync(exchange, "/v2/sip");
        await slow.SendAsync("""{"action":"subscribe","quotes":["*"]}""");
        _ = await slow.JsonAsync();

        // Each answer repeats a thousand symbols: together more than the outbox and the kernel's buffers hold.
        var symbols = string.Join(',', Enumerable.Range(0, 1_000).Select(number => $"\"S{number}\""));
        await slow.SendAsync($$"""{"action":"subscribe","bars":[{{symbols}}]}""");
        for (var again = 0; again < 6_000; again++)
        {
            try
            {
                await slow.SendAsync("""{"action":"subscribe","bars":[]}""");
            }
            catch (Exception gone) when (gone is WebSocketException or IOException)
            {
                break;
            }
        }

        await other.SendAsync("""{"action":"subscribe","bars":["SPY"]}""");
        _ = await other.JsonAsync();
        exchange.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("b", (await other.JsonAsync())[0].GetProperty("T").GetString());

        // The slot is free again once the exchange has given up on it.
        var successor = "406";
        using var next = await StreamClient.ConnectAsync(exchange, "/v2/iex");
        _ = await next.TextAsync();
        while (successor.Contains("406", StringComparison.Ordinal))
        {
            await next.SendAsync(StreamClient.Authentication);
            successor = await next.TextAsync();
        }

        Assert.Equal("""[{"T":"success","msg":"authenticated"}]""", successor);
    }

    [Fact]
    public async Task MessagePack_is_spoken_to_those_who_ask_for_it()
    {
        using var bars = TwoMinutes();
        await using var exchange = await RunningExchange.StartAsync(bars);
        using var client = await StreamClient.ConnectAsync(exchange, "/v2/iex", ("Content-Type", "application/msgpack"));
        Assert.Equal(["T", "msg"], Map(await client.NextAsync()).Keys);

        await client.SendAsync(Packed(("action", "auth"), ("key", RunningExchange.Key), ("secret", RunningExchange.Secret)), WebSocketMessageType.Binary);
        Assert.Equal("authenticated", Map(await client.NextAsync())["msg"]);
        await client.SendAsync(Packed(("action", "subscribe"), ("bars", new[] { "SPY" }), ("quotes", Array.Empty<string>())), WebSocketMessageType.Binary);
        var state = Map(await client.NextAsync());
        exchange.Pass(TimeSpan.FromSeconds(60));
        var bar = Map(await client.NextAsync());

        Assert.Equal(WebSocketMessageType.Binary, client.LastKind);
        Assert.Equal(["SPY"], (List<object?>)state["bars"]!);
        Assert.Equal("T", bar.Keys.First());
        Assert.Equal(("b", "SPY", 100d, 104d, 99d, 103d), (bar["T"], bar["S"], bar["o"], bar["h"], bar["l"], bar["c"]));
        Assert.Equal(1001L, bar["v"]);
        Assert.Equal(BarFile.Start, bar["t"]);
    }

    [Fact]
    public void Timestamps_in_MessagePack_keep_their_fraction()
    {
        var at = new DateTimeOffset(2026, 2, 3, 15, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);
        var writer = new SimulatedExchange.Streams.MsgpackWriter();
        writer.Array(1);
        writer.Map(1);
        writer.Text("t");
        writer.Instant(at);

        Assert.Equal(at, Map(writer.ToArray())["t"]);
    }

    // A reader of our own for the test: the exchange must not be judged by its own.
    private static Dictionary<string, object?> Map(byte[]? message)
    {
        var at = 0;
        var bytes = message!;
        var list = Assert.IsType<List<object?>>(Value());
        Assert.Equal(bytes.Length, at);
        return Assert.IsType<Dictionary<string, object?>>(Assert.Single(list));

        object? Value()
        {
            var type = bytes[at++];
            return type switch
            {
                <= 0x7F => (long)type,
                <= 0x8F => Entries(type & 0x0F),
                <= 0x9F => Items(type & 0x0F),
                <= 0xBF => Text(type & 0x1F),
                0xCB => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
                0xCE => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
                0xD3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
                0xD6 when Take(1)[0] == 0xFF => DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(Take(4))),
                0xD7 when Take(1)[0] == 0xFF => Nanoseconds(BinaryPrimitives.ReadUInt64BigEndian(Take(8))),
                _ => throw new InvalidDataException($"Type {type:x2} at {at - 1}."),
            };
        }

        ReadOnlySpan<byte> Take(int count) => bytes.AsSpan((at += count) - count, count);

        string Text(int length) => Encoding.UTF8.GetString(Take(length));

        List<object?> Items(int count) => [.. Enumerable.Range(0, count).Select(_ => Value())];

        Dictionary<string, object?> Entries(int count)
        {
            var entries = new Dictionary<string, object?>();
            for (var entry = 0; entry < count; entry++)
            {
                var key = (string)Value()!;
                entries.Add(key, Value());
            }

            return entries;
        }

        static DateTimeOffset Nanoseconds(ulong packed) =>
            DateTimeOffset.FromUnixTimeSeconds((long)(packed & 0x3_FFFF_FFFF)).AddTicks((long)(packed >> 34) / 100);
    }

    private static byte[] Packed(params (string Key, object Value)[] entries)
    {
        var bytes = new List<byte> { (byte)(0x80 | entries.Length) };
        foreach (var (key, value) in entries)
        {
            Text(key);
            if (value is string text)
            {
                Text(text);
            }
            else
            {
                var items = (string[])value;
                bytes.Add((byte)(0x90 | items.Length));
                foreach (var item in items)
                {
                    Text(item);
                }
            }
        }

        return [.. bytes];

        void Text(string value)
        {
            bytes.Add((byte)(0xA0 | value.Length));
            bytes.AddRange(Encoding.ASCII.GetBytes(value));
        }
    }
}
