using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Contracts;
using StratForge.Gateway.Streams.Delivery;
using StratForge.Gateway.Streams.Protocol;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Streams;

/// <summary>What arrives: everything of one's own, the newest of the market, relayed topics as they are.</summary>
public sealed class StreamDeliveryTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    private StreamHouse House => new(database, redis);

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync(
            database, redis, "Streams:TailEvery=00:00:00.1", "Streams:ConnectionsPerUser=1000", "Streams:FramesPerMinute=1000000",
            "Streams:RelayTopics=levels.signals,relay:flow", "Streams:AnonymousRelay=true", "Streams:SlowAfter=00:05:00", "Streams:EventsBehind=100000");
        await StreamHouse.ListensAsync(_gateway);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task An_order_is_seen_by_its_owner_alone()
    {
        var owner = await _gateway.NewUserAsync();
        var other = await _gateway.NewUserAsync();
        await using var mine = await StreamVisitor.ConnectAsync(owner, "/live");
        await using var theirs = await StreamVisitor.ConnectAsync(other, "/live");
        await mine.SubscribeAsync(["orders"]);
        await theirs.SubscribeAsync(["orders"]);

        await owner.PostForAsync("/trade/orders", new { symbol = "SPY", qty = "1", side = "buy", type = "limit", limit_price = "10", time_in_force = "day" });

        var seen = await mine.NextAsync("event");
        Assert.Equal("order", seen.GetProperty("kind").GetString());
        Assert.Equal(owner.Id, seen.GetProperty("userId").GetGuid());
        Assert.Equal("SPY", seen.GetProperty("data").GetProperty("symbol").GetString());

        // Something of the other's own comes next, so nothing of the first owner's came before it.
        await House.StoreAsync(other.Id, 1, "order");
        Assert.Equal(other.Id, (await theirs.NextAsync("event")).GetProperty("userId").GetGuid());
    }

    [Fact]
    public async Task Only_kinds_of_subscribed_channels_come_and_numbers_go_on()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
        await visitor.SubscribeAsync(["portfolio"]);
        foreach (var (id, kind) in new[] { (1, "order"), (2, "fill"), (3, "order"), (4, "portfolio") })
        {
            await House.StoreAsync(user.Id, id, kind);
            await House.TellAsync(user.Id, id, kind);
        }

        Assert.Equal(2, StreamHouse.IdOf(await visitor.NextAsync("event")));
        Assert.Equal(4, StreamHouse.IdOf(await visitor.NextAsync("event")));
    }

    [Fact]
    public async Task Whoever_was_away_for_longer_than_events_are_kept_is_told_and_goes_on_from_now()
    {
        var user = await _gateway.NewUserAsync();
        await House.StoreManyAsync(user.Id, 6, 1);
        await GoneAsync(user.Id, through: 4);
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");

        await visitor.SayAsync(new { action = "subscribe", channels = new[] { "orders" }, lastEventId = 3 });
        var told = await visitor.NextAsync();
        var subscribed = await visitor.NextAsync();
        await House.StoreAsync(user.Id, 7, "order");
        var next = await visitor.NextAsync("event");
        var resumed = await visitor.SubscribeAsync(["orders"], lastEventId: 4);
        var kept = await visitor.NextAsync("event");

        Assert.Equal("events-gone", told.GetProperty("code").GetString());
        Assert.Contains("Events up to 4 are no longer kept", told.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(("subscribed", 6), (subscribed.GetProperty("type").GetString(), subscribed.GetProperty("lastEventId").GetInt64()));
        Assert.Equal(7, StreamHouse.IdOf(next));
        Assert.Equal((4, 5), (resumed.GetProperty("lastEventId").GetInt64(), StreamHouse.IdOf(kept)));
    }

    [Fact]
    public async Task Events_that_go_while_a_client_lacks_them_end_its_connection_so_that_it_asks_and_is_told()
    {
        var user = await _gateway.NewUserAsync();
        await House.StoreManyAsync(user.Id, 3, 1);
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
        await visitor.SubscribeAsync(["orders"], lastEventId: 3);

        await database.ExecuteAsync("""
            with gone as (insert into user_event_floors (user_id, gone_through) values ($1, 5)),
            stored as (insert into user_events (user_id, id, kind, occurred_at, data) select $1, id, 'order', now(), '{}' from generate_series(6, 7) id)
            update accounts set last_event_id = 7 where user_id = $1
            """, user.Id);

        Assert.Equal(4408, await visitor.ClosedAsync());
        Assert.Contains("no longer kept", visitor.CloseReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_often_a_client_is_dropped_it_sees_every_event_once_and_in_order()
    {
        const int Drops = 200;
        const int Events = 1_200;
        var random = new Random(20261125);
        var user = await _gateway.NewUserAsync();
        var writing = WriteAsync();
        var seen = new List<long>();
        var drops = 0;
        while (seen.Count < Events)
        {
            await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
            await visitor.SayAsync(new { action = "subscribe", channels = new[] { "orders" }, lastEventId = seen.LastOrDefault() });
            var patience = drops < Drops ? random.Next(0, 8) : int.MaxValue;
            while (seen.Count < Events && patience-- > 0)
            {
                seen.Add(StreamHouse.IdOf(await visitor.NextAsync("event")));
            }

            drops += seen.Count < Events ? 1 : 0;
            visitor.Vanish();
        }

        await writing;
        Assert.True(drops >= Drops, $"Only {drops} drops.");
        Assert.Equal(Enumerable.Range(1, Events).Select(id => (long)id), seen);

        // As the books do, but the bus loses some, repeats some, and brings some late.
        async Task WriteAsync()
        {
            var fates = new Random(7);
            for (var id = 1; id <= Events; id++)
            {
                var kind = id % 3 == 0 ? "fill" : "order";
                await House.StoreAsync(user.Id, id, kind);
                for (var tell = fates.Next(0, 4); tell > 0; tell--)
                {
                    await House.TellAsync(user.Id, fates.Next(4) == 0 ? Math.Max(1, id - 2) : id, kind);
                }
            }
        }
    }

    [Fact]
    public async Task Who_resumes_over_more_events_than_fit_into_one_send_misses_none()
    {
        const int Events = 400;
        var user = await _gateway.NewUserAsync();
        await House.StoreManyAsync(user.Id, Events, bytes: 1_000);
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
        await visitor.SubscribeAsync(["orders"], lastEventId: 0);

        for (var id = 1; id <= Events; id++)
        {
            Assert.Equal(id, StreamHouse.IdOf(await visitor.NextAsync("event")));
        }
    }

    [Fact]
    public async Task Who_signs_in_where_nobody_has_to_still_gets_each_relayed_message_once()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user.Address, "/ws/stream?topic=relay:flow");
        await visitor.SayAsync(new { action = "auth", token = user.Http.DefaultRequestHeaders.Authorization!.Parameter });
        await visitor.SayAsync(new { action = "ping" });
        await visitor.NextAsync("pong");

        await House.PublishAsync("relay:flow", "one");
        await House.PublishAsync("relay:flow", "two");

        Assert.Equal("one", await visitor.NextTextAsync());
        Assert.Equal("two", await visitor.NextTextAsync());
    }

    [Fact]
    public async Task What_is_caught_up_on_comes_after_the_answer_that_says_so()
    {
        const int Rounds = 20;
        var user = await _gateway.NewUserAsync();

        // It does not answer the first ping, so nothing is sent to it for a while, and the gateway holds the newest events in memory: those who come
        // then get them without a look into the database.
        using var holding = await HandshakenAsync("/live", user.Http.DefaultRequestHeaders.Authorization!.ToString());
        holding.Client.Send(FrameTests.Masked(
            Opcode.Text, """{"action":"subscribe","channels":["orders"],"lastEventId":0}"""u8.ToArray(), isFinal: true, new Random(13)));
        for (var id = 1; id <= Rounds; id++)
        {
            await House.StoreAsync(user.Id, id, "order");
            await House.TellAsync(user.Id, id, "order");
            await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
            // Once this is answered the socket is open, and nothing waits for anything.
            await visitor.SayAsync(new { action = "ping" });
            await visitor.NextAsync("pong");
            await visitor.SayAsync(new { action = "subscribe", channels = new[] { "orders" }, lastEventId = id - 1 });

            var answer = await visitor.NextAsync();
            Assert.Equal("subscribed", answer.GetProperty("type").GetString());
            Assert.Equal(id - 1, answer.GetProperty("lastEventId").GetInt64());
            Assert.Equal(id, StreamHouse.IdOf(await visitor.NextAsync()));
        }
    }

    [Fact]
    public async Task What_the_bus_loses_while_it_is_away_still_comes()
    {
        await using var own = new OwnRedis();
        await own.Redis.InitializeAsync();
        await using var gateway = await RunningGateway.StartAsync(database, own.Redis, "Streams:TailEvery=00:00:00.1");
        await StreamHouse.ListensAsync(gateway);
        var user = await gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
        await visitor.SubscribeAsync(["orders"]);
        await own.Redis.KillAsync();

        await House.StoreAsync(user.Id, 1, "order");

        Assert.Equal(1, StreamHouse.IdOf(await visitor.NextAsync("event")));
    }

    [Fact]
    public async Task Server_sent_events_resume_like_the_socket_does()
    {
        var user = await _gateway.NewUserAsync();
        for (var id = 1; id <= 3; id++)
        {
            await House.StoreAsync(user.Id, id, "order");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/stream/live?channels=orders,quotes&symbols=SPY");
        request.Headers.Add("Last-Event-ID", "1");
        using var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("subscribed", (await DataAsync()).Message.GetProperty("type").GetString());
        Assert.Equal("2", (await DataAsync()).Id);
        Assert.Equal("3", (await DataAsync()).Id);
        await House.StoreAsync(user.Id, 4, "fill");
        await House.TellAsync(user.Id, 4, "fill");
        Assert.Equal("4", (await DataAsync()).Id);
        await House.PublishAsync(Topics.Quotes("SPY"), "{\n\"symbol\":\"SPY\",\r\n\"bidPrice\":5}");
        var market = (await DataAsync()).Message;
        Assert.Equal(5, market.GetProperty("data")[0].GetProperty("bidPrice").GetInt32());

        async Task<(string? Id, JsonElement Message)> DataAsync()
        {
            string? id = null;
            while (await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(15)) is { } line)
            {
                id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    return (id, JsonElement.Parse(line[6..]));
                }
            }

            throw new EndOfStreamException();
        }
    }

    [Fact]
    public async Task Prices_come_by_symbol_the_newest_first_thing()
    {
        var user = await _gateway.NewUserAsync();
        await using var early = await StreamVisitor.ConnectAsync(user, "/market");
        await early.SubscribeAsync(["quotes", "market_trades"], ["AAPL"]);
        await House.QuoteAsync("MSFT", 5);
        await House.PublishAsync(Topics.Quotes("AAPL"), "not json");
        await House.QuoteAsync("AAPL", 7);

        Assert.Equal(7, PriceOf(await early.NextAsync("market"), "AAPL"));
        await using var late = await StreamVisitor.ConnectAsync(user, "/market");
        await late.SayAsync(new { action = "subscribe", channels = new[] { "quotes" }, symbols = new[] { "AAPL", "MSFT" } });
        Assert.Equal("subscribed", (await late.NextAsync()).GetProperty("type").GetString());
        var cached = await late.NextAsync();
        Assert.Equal(7, PriceOf(cached, "AAPL"));
        Assert.Equal(5, PriceOf(cached, "MSFT"));
    }

    [Fact]
    public async Task A_client_that_falls_behind_gets_the_newest_prices_and_none_before_them_twice()
    {
        const int Last = 4_000;
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/market");
        await visitor.SubscribeAsync(["quotes"], ["AAPL", "MSFT"]);
        for (var i = 1; i <= Last; i += 2)
        {
            await Task.WhenAll(House.QuoteAsync("AAPL", i), House.QuoteAsync("MSFT", i + 1));
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal) { ["AAPL"] = 0, ["MSFT"] = 0 };
        var messages = 0;
        while (seen["AAPL"] != Last - 1 || seen["MSFT"] != Last)
        {
            messages++;
            foreach (var quote in (await visitor.NextAsync("market")).GetProperty("data").EnumerateArray())
            {
                var symbol = quote.GetProperty("symbol").GetString()!;
                var price = quote.GetProperty("bidPrice").GetInt32();
                Assert.True(price > seen[symbol], $"{symbol} went from {seen[symbol]} to {price}.");
                seen[symbol] = price;
            }
        }

        Assert.True(messages < Last / 4, $"{messages} messages for {Last} prices.");
    }

    [Fact]
    public async Task Who_watches_a_stocks_status_hears_of_its_halt_and_who_comes_later_too()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/market");
        await visitor.SubscribeAsync(["trading_status"], ["MSFT"]);
        await House.PublishAsync(
            Topics.Statuses("MSFT"),
            """{"symbol":"MSFT","state":"halted","reason":"Halt News Pending","reasonCode":"T1","timestamp":"2026-01-05T15:31:00+00:00"}""");

        var told = (await visitor.NextAsync("market")).GetProperty("data")[0];
        await using var late = await StreamVisitor.ConnectAsync(user, "/market");
        await late.SubscribeAsync(["trading_status"], ["MSFT"]);
        var known = (await late.NextAsync("market")).GetProperty("data")[0];

        Assert.Equal(("trading_status", "MSFT", "halted"), (
            told.GetProperty("channel").GetString(), told.GetProperty("symbol").GetString(), told.GetProperty("state").GetString()));
        Assert.Equal("halted", known.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_relayed_topic_comes_as_it_is_one_message_a_frame_the_newest_first()
    {
        await House.PublishAsync(Topics.LevelSignals, """{"ts":1,  "levels":[]}""");
        await Eventually.BecomesAsync(
            async () =>
            {
                await using var probe = await StreamVisitor.ConnectAsync(_gateway.Address, "/ws/stream");
                await House.PublishAsync(Topics.LevelSignals, """{"ts":1,  "levels":[]}""");
                return await probe.NextTextAsync();
            },
            text => text is not null);
        await using var visitor = await StreamVisitor.ConnectAsync(_gateway.Address, "/ws/stream");
        Assert.Equal("""{"ts":1,  "levels":[]}""", await visitor.NextTextAsync());

        for (var i = 2; i <= 300; i++)
        {
            await House.PublishAsync(Topics.LevelSignals, $$"""{"ts":{{i}}}""");
        }

        for (var i = 2; i <= 300; i++)
        {
            Assert.Equal($$"""{"ts":{{i}}}""", await visitor.NextTextAsync());
        }

        await using var flow = await StreamVisitor.ConnectAsync(_gateway.Address, "/ws/stream?topic=relay:flow");
        await Eventually.BecomesAsync(
            async () =>
            {
                await House.PublishAsync("relay:flow", "any text");
                return await flow.NextTextAsync();
            },
            text => text == "any text");
        using var unknown = await _gateway.Anyone().SendAsync(
            HttpMethod.Get, "/ws/stream?topic=user_events:x",
            headers: [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]);
        Assert.Equal("unknown-topic", (await Client.ProblemOf(unknown, HttpStatusCode.NotFound)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_dropped_and_delays_nobody()
    {
        var payload = $$"""{"filler":"{{new string('x', 60_000)}}"}""";
        await using var strict = await RunningGateway.StartAsync(database, redis, "Streams:AnonymousRelay=true", "Streams:SlowAfter=00:00:04");
        await StreamHouse.ListensAsync(strict);
        using var stalled = await StalledAsync("/ws/stream", strict);
        await using var quick = await StreamVisitor.ConnectAsync(strict.Address, "/ws/stream");
        var got = 0;

        // More than sockets buffer: the stalled one is full long before the end.
        for (var i = 0; i < 400; i++)
        {
            await House.PublishAsync(Topics.LevelSignals, payload);
            got += await quick.NextTextAsync() is { Length: > 60_000 } ? 1 : 0;
        }

        Assert.Equal(400, got);
        var loops = strict.Services.GetRequiredService<StreamLoops>();
        await Eventually.BecomesAsync(() => Task.FromResult(loops.Connections), connections => connections == 1);
    }

    [Fact]
    public async Task A_client_that_falls_behind_on_a_topic_gets_whole_messages_in_order_and_the_newest()
    {
        const int Last = 250;
        var filler = new string('x', 60_000);
        await using var visitor = await StreamVisitor.ConnectAsync(_gateway.Address, "/ws/stream");
        await using var quick = await StreamVisitor.ConnectAsync(_gateway.Address, "/ws/stream");

        // Fifteen megabytes that the one does not read are more than the sockets hold.
        for (var i = 1; i <= Last; i++)
        {
            await House.PublishAsync(Topics.LevelSignals, $$"""{"ts":{{i}},"filler":"{{filler}}"}""");
            await quick.NextTextAsync();
        }

        var seen = new List<int>();
        while (seen.LastOrDefault() != Last)
        {
            var message = await visitor.NextAsync();
            Assert.Equal(filler.Length, message.GetProperty("filler").GetString()!.Length);
            seen.Add(message.GetProperty("ts").GetInt32());
        }

        Assert.Equal(seen.Order().Distinct(), seen);
        Assert.True(seen.Count < Last, "Nothing was left out.");
    }

    [Fact]
    public async Task A_burst_of_more_than_the_socket_takes_at_once_arrives_whole()
    {
        const int Last = 150;
        var filler = new string('x', 10_000);
        await using var gateway = await RunningGateway.StartAsync(database, redis, "Streams:AnonymousRelay=true", "Streams:RelayBacklogBytes=67108864");
        await StreamHouse.ListensAsync(gateway);
        await using var visitor = await StreamVisitor.ConnectAsync(gateway.Address, "/ws/stream");

        // Reading answers the ping that opens the socket.
        var first = visitor.NextAsync();
        await House.PublishAsync(Topics.LevelSignals, """{"ts":0}""");
        Assert.Equal(0, (await first).GetProperty("ts").GetInt32());
        for (var round = 0; round < 5; round++)
        {
            var publishing = Enumerable.Range(1, Last)
                .Select(i => House.PublishAsync(Topics.LevelSignals, $$"""{"ts":{{i}},"filler":"{{filler}}"}""")).ToArray();
            for (var i = 1; i <= Last; i++)
            {
                var message = await visitor.NextAsync();
                Assert.Equal(i, message.GetProperty("ts").GetInt32());
                Assert.Equal(filler.Length, message.GetProperty("filler").GetString()!.Length);
            }

            await Task.WhenAll(publishing);
        }
    }

    [Fact]
    public async Task Frames_by_hand_are_answered_by_the_book()
    {
        using var socket = await StalledAsync("/ws/stream");
        var random = new Random(3);
        socket.Client.Send(FrameTests.Masked(Opcode.Ping, "are you there"u8.ToArray(), isFinal: true, random));
        await ReadUntilAsync(socket, [0x8A, 13, .. "are you there"u8]);
        socket.Client.Send(FrameTests.Masked(Opcode.Close, [0x0F, 0xA0, .. "bye"u8], isFinal: true, random));

        await ReadUntilAsync(socket, [0x88, 2, 0x0F, 0xA0]);
        Assert.Equal(0, await socket.GetStream().ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task What_comes_together_with_the_handshake_is_heard()
    {
        using var socket = await HandshakenAsync("/ws/stream", first: FrameTests.Masked(Opcode.Text, "{\"action\":\"ping\"}"u8.ToArray(), isFinal: true, new Random(7)));

        await ReadUntilAsync(socket, "{\"type\":\"pong\"}"u8.ToArray());
    }

    [Fact]
    public async Task Noise_from_clients_leaves_the_gateway_well()
    {
        var random = new Random(11);
        for (var i = 0; i < 60; i++)
        {
            using var socket = await StalledAsync(i % 2 == 0 ? "/ws/stream" : "/live");
            var noise = new byte[random.Next(1, 4_000)];
            random.NextBytes(noise);
            socket.Client.Send(noise);
        }

        Assert.Empty(_gateway.Faults.Logged);
        await using var visitor = await StreamVisitor.ConnectAsync(await _gateway.NewUserAsync(), "/live");
        await visitor.SubscribeAsync(["orders"]);
    }

    [Fact]
    public async Task A_gateway_that_stops_says_where_to_resume_and_another_goes_on_there()
    {
        await using var other = await RunningGateway.StartAsync(database, redis);
        var stopping = await RunningGateway.StartAsync(database, redis);
        var user = await other.NewUserAsync();
        var visitor = await StreamVisitor.ConnectAsync(stopping.Address, "/live", ("Authorization", user.Http.DefaultRequestHeaders.Authorization!.ToString()));
        await visitor.SubscribeAsync(["orders"]);
        await House.StoreAsync(user.Id, 1, "order");
        await House.TellAsync(user.Id, 1, "order");
        await visitor.NextAsync("event");

        var ending = stopping.DisposeAsync();
        var last = (await visitor.NextAsync("closing")).GetProperty("lastEventId").GetInt64();
        Assert.Equal(1001, await visitor.ClosedAsync());
        Assert.Contains("lastEventId 1", visitor.CloseReason, StringComparison.Ordinal);
        await ending;
        await House.StoreAsync(user.Id, 2, "order");
        await using var again = await StreamVisitor.ConnectAsync(user, "/live");
        await again.SayAsync(new { action = "subscribe", channels = new[] { "orders" }, lastEventId = last });

        Assert.Equal(2, StreamHouse.IdOf(await again.NextAsync("event")));
    }

    private static int PriceOf(JsonElement market, string symbol) =>
        market.GetProperty("data").EnumerateArray().Single(quote => quote.GetProperty("symbol").GetString() == symbol).GetProperty("bidPrice").GetInt32();

    // A socket after its handshake, of which nothing is read.
    private async Task<TcpClient> StalledAsync(string path, RunningGateway? gateway = null)
    {
        var socket = await HandshakenAsync(path, gateway: gateway);

        // The first ping, whose answer opens the socket to the gateway.
        var head = await ReadAsync(socket, 2);
        Assert.Equal(0x89, head[0]);
        socket.Client.Send(FrameTests.Masked(Opcode.Pong, await ReadAsync(socket, head[1]), isFinal: true, new Random(5)));
        return socket;
    }

    private async Task<TcpClient> HandshakenAsync(string path, string? authorization = null, byte[]? first = null, RunningGateway? gateway = null)
    {
        var socket = new TcpClient { ReceiveBufferSize = 4096 };
        var address = (gateway ?? _gateway).Address;
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        var signIn = authorization is null ? "" : $"Authorization: {authorization}\r\n";
        byte[] handshake = Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{signIn}"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        socket.Client.Send([.. handshake, .. first ?? []]);
        await ReadUntilAsync(socket, "\r\n\r\n"u8.ToArray());
        return socket;
    }

    private static async Task<byte[]> ReadAsync(TcpClient socket, int count)
    {
        var bytes = new byte[count];
        await socket.GetStream().ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async Task ReadUntilAsync(TcpClient socket, byte[] end)
    {
        var read = new List<byte>();
        var one = new byte[1];
        while (!read.TakeLast(end.Length).SequenceEqual(end))
        {
            Assert.Equal(1, await socket.GetStream().ReadAsync(one).AsTask().WaitAsync(TimeSpan.FromSeconds(15)));
            read.Add(one[0]);
        }
    }

    private Task GoneAsync(Guid userId, long through) => database.ExecuteAsync("""
        with gone as (delete from user_events where user_id = $1 and id <= $2)
        insert into user_event_floors (user_id, gone_through) values ($1, $2)
        """, userId, through);

    private sealed class OwnRedis : IAsyncDisposable
    {
        public FreshRedis Redis { get; } = new();

        public async ValueTask DisposeAsync() => await Redis.DisposeAsync();
    }
}
