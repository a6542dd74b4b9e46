using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Contracts;
using StratForge.Gateway.Streams;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Streams;

/// <summary>Who gets in, what may be asked, and how connections end.</summary>
public sealed class StreamDoorTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync(
            database, redis, "Streams:AuthWithin=00:01:00", "Streams:ConnectionsPerUser=3", "Streams:FramesPerMinute=60", "Streams:MessageBytes=2048",
            "Streams:SymbolsPerChannel=3", "Streams:SymbolsPerUser=3", "Streams:Linger=00:00:00.2", "Streams:SignInsEvery=00:00:00.2", "Streams:PingEvery=00:00:01", "Streams:HeartbeatEvery=00:00:00.1");
        await StreamHouse.ListensAsync(_gateway);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_token_in_the_first_message_is_as_good_as_one_in_the_header()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user.Address, "/live");

        await visitor.SayAsync(new { action = "subscribe", channels = new[] { "orders" } });
        Assert.Equal("sign-in-first", (await visitor.NextAsync()).GetProperty("code").GetString());
        await visitor.SayAsync(new { action = "auth", token = user.Http.DefaultRequestHeaders.Authorization!.Parameter });
        Assert.Equal(user.Id, (await visitor.NextAsync("welcome")).GetProperty("userId").GetGuid());

        Assert.Equal("orders", (await visitor.SubscribeAsync(["orders"])).GetProperty("channels")[0].GetString());
        await visitor.SayAsync(new { action = "auth", token = "x" });
        Assert.Equal("already-signed-in", (await visitor.NextAsync("error")).GetProperty("code").GetString());
        await visitor.SayGoodByeAsync();
    }

    [Fact]
    public async Task Silence_and_worthless_tokens_end_a_connection()
    {
        await using var strict = await RunningGateway.StartAsync(database, redis, "Streams:AuthWithin=00:00:01");
        await using var silent = await StreamVisitor.ConnectAsync(strict.Address, "/live");
        await using var forger = await StreamVisitor.ConnectAsync(strict.Address, "/market");
        await forger.SayAsync(new { action = "auth", token = "not.a.token" });

        Assert.Equal(4401, await silent.ClosedAsync());
        Assert.Equal(4401, await forger.ClosedAsync());
        var refused = await Assert.ThrowsAsync<WebSocketException>(
            () => StreamVisitor.ConnectAsync(strict.Address, "/live", ("Authorization", "Bearer not.a.token")));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 101)]
    [InlineData(false, 403)]
    [InlineData(null, 403)]
    public async Task A_cookie_counts_only_from_our_own_pages(bool? isOwnOrigin, int status)
    {
        var user = await _gateway.NewUserAsync();
        var origin = isOwnOrigin switch
        {
            true => new[] { ("Origin", _gateway.Address.GetLeftPart(UriPartial.Authority)) },
            false => [("Origin", "https://elsewhere.example")],
            null => [],
        };
        var token = user.Http.DefaultRequestHeaders.Authorization!.Parameter;

        using var request = new HttpRequestMessage(HttpMethod.Get, "/live");
        foreach (var (name, value) in (IEnumerable<(string, string)>)
            [("Cookie", $"sf_session={token}"), ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), .. origin])
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await _gateway.Anyone().Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_plain_request_is_told_to_speak_websocket()
    {
        using var response = await _gateway.Anyone().SendAsync(HttpMethod.Get, "/live");

        Assert.Equal("websocket-expected", (await Client.ProblemOf(response, HttpStatusCode.UpgradeRequired)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Answers_carry_all_that_is_subscribed_and_errors_their_code()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");

        await visitor.SubscribeAsync(["quotes", "market_data"], ["SPY", "BTC/USD"]);
        var both = await visitor.SubscribeAsync(["orders", "portfolio"]);
        await visitor.SayAsync(new { action = "unsubscribe", channels = new[] { "market_data", "portfolio" } });
        var less = await visitor.NextAsync("subscribed");

        Assert.Equal(["orders", "portfolio", "market_data", "quotes"], Texts(both.GetProperty("channels")));
        Assert.Equal(["orders", "quotes"], Texts(less.GetProperty("channels")));
        Assert.Equal(["BTC/USD", "SPY"], Texts(less.GetProperty("symbols").GetProperty("quotes")));
        foreach (var (message, code) in new[]
        {
            ("""{"action":"subscribe","channels":["nonsense"]}""", "unknown-channel"),
            ("""{"action":"subscribe","channels":["quotes"]}""", "symbols-required"),
            ("""{"action":"subscribe","channels":["quotes"],"symbols":["spy"]}""", "unknown-symbol"),
            ("""{"action":"subscribe","channels":["quotes"],"symbols":["AAPL","MSFT"]}""", "too-many-symbols"),
            ("""{"action":"subscribe"}""", "channels-required"),
            ("""{"action":"subscribe","channels":["orders"],"lastEventId":99}""", "unknown-event"),
            ("""{"action":"dance"}""", "unknown-action"),
            ("no json", "malformed-json"),
        })
        {
            await visitor.SayTextAsync(message);
            Assert.Equal(code, (await visitor.NextAsync("error")).GetProperty("code").GetString());
        }

        await using var market = await StreamVisitor.ConnectAsync(user, "/market");
        await market.SayAsync(new { action = "subscribe", channels = new[] { "orders" } });
        Assert.Equal("unknown-channel", (await market.NextAsync("error")).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_sign_in_that_cannot_be_looked_up_can_be_tried_again_on_the_same_connection()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user.Address, "/live");
        var auth = new { action = "auth", token = user.Http.DefaultRequestHeaders.Authorization!.Parameter };
        await database.ExecuteAsync("alter table refresh_tokens rename to lost_tokens");
        JsonElement refused;
        try
        {
            await visitor.SayAsync(auth);
            refused = await visitor.NextAsync();
        }
        finally
        {
            await database.ExecuteAsync("alter table lost_tokens rename to refresh_tokens");
        }

        await visitor.SayAsync(auth);

        Assert.Equal("temporarily-unavailable", refused.GetProperty("code").GetString());
        Assert.Equal(user.Id, (await visitor.NextAsync("welcome")).GetProperty("userId").GetGuid());
    }

    [Theory]
    [InlineData("", "channels-required")]
    [InlineData("?channels=nonsense", "unknown-channel")]
    [InlineData("?channels=quotes", "symbols-required")]
    [InlineData("?channels=quotes&symbols=spy", "unknown-symbol")]
    [InlineData("?channels=quotes&symbols=SPY,AAPL,MSFT,BTC/USD", "too-many-symbols")]
    public async Task Server_sent_events_that_can_never_come_are_refused_before_they_begin(string query, string code)
    {
        var user = await _gateway.NewUserAsync();

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/stream/live{query}");
        using var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (await Client.ProblemOf(response, HttpStatusCode.BadRequest)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_user_watches_only_so_many_symbols_over_all_connections_and_others_are_none_the_poorer()
    {
        var (user, other) = (await _gateway.NewUserAsync(), await _gateway.NewUserAsync());
        await using var first = await StreamVisitor.ConnectAsync(user, "/live");
        await using var second = await StreamVisitor.ConnectAsync(user, "/market");
        await using var elsewhere = await StreamVisitor.ConnectAsync(other, "/market");
        await first.SubscribeAsync(["quotes", "market_data"], ["SPY", "AAPL"]);
        await second.SubscribeAsync(["quotes"], ["AAPL", "MSFT"]);

        var more = new { action = "subscribe", channels = new[] { "quotes" }, symbols = new[] { "BTC/USD" } };
        await second.SayAsync(more);
        Assert.Equal("too-many-watched-symbols", (await second.NextAsync("error")).GetProperty("code").GetString());
        using var events = await user.SendAsync(HttpMethod.Get, "/api/stream/live?channels=quotes&symbols=BTC/USD");
        Assert.Equal("too-many-watched-symbols", (await Client.ProblemOf(events, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        Assert.NotNull(events.Headers.RetryAfter);
        Assert.Equal("BTC/USD", (await elsewhere.SubscribeAsync(["quotes"], ["BTC/USD"])).GetProperty("symbols").GetProperty("quotes")[0].GetString());

        first.Vanish();
        await Eventually.BecomesAsync(
            () => Task.FromResult(_gateway.Services.GetRequiredService<UserSymbols>().FaultOf(user.Id, ["BTC/USD"])), fault => fault is null);
        await second.SayAsync(more);
        Assert.Equal("subscribed", (await second.NextAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_fourth_connection_of_one_user_is_refused_until_one_has_gone()
    {
        var user = await _gateway.NewUserAsync();
        await using var first = await StreamVisitor.ConnectAsync(user, "/live");
        await using var second = await StreamVisitor.ConnectAsync(user, "/market");
        await using var third = await StreamVisitor.ConnectAsync(user, "/live");

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => StreamVisitor.ConnectAsync(user, "/live"));
        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
        first.Vanish();

        await Eventually.BecomesAsync(
            async () =>
            {
                try
                {
                    await using var fourth = await StreamVisitor.ConnectAsync(user, "/live");
                    return true;
                }
                catch (WebSocketException)
                {
                    return false;
                }
            },
            isIn => isIn);
    }

    [Fact]
    public async Task Too_many_and_too_long_messages_end_a_connection()
    {
        var user = await _gateway.NewUserAsync();
        await using var hasty = await StreamVisitor.ConnectAsync(user, "/live");
        await using var wordy = await StreamVisitor.ConnectAsync(user, "/live");
        for (var i = 0; i < 40; i++)
        {
            await hasty.SayAsync(new { action = "ping" });
        }

        await wordy.SayTextAsync(new string('x', 3_000));

        Assert.Equal(4429, await hasty.ClosedAsync());
        Assert.Equal(1009, await wordy.ClosedAsync());
    }

    [Fact]
    public async Task Signing_out_ends_the_connections_of_that_sign_in()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
        await database.ExecuteAsync("update refresh_tokens set revoked_at = now() where user_id = $1", user.Id);

        Assert.Equal(4401, await visitor.ClosedAsync());
    }

    [Fact]
    public async Task Who_asks_for_a_heartbeat_gets_one_and_who_does_not_answer_pings_is_dropped()
    {
        var user = await _gateway.NewUserAsync();
        await using var visitor = await StreamVisitor.ConnectAsync(user, "/live");
        await visitor.SubscribeAsync(["heartbeat"]);
        await visitor.NextAsync("heartbeat");

        // Reading answers pings; while nobody reads, nobody answers.
        await Eventually.BecomesAsync(
            async () => (await _gateway.Anyone().GetAsync("/health")).GetProperty("connections").GetInt32(), connections => connections == 0);
        await Assert.ThrowsAnyAsync<WebSocketException>(visitor.ClosedAsync);
    }

    [Fact]
    public async Task A_symbol_is_streamed_while_anyone_watches_it_also_when_a_session_on_it_ends()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, "Streams:Linger=00:00:00");
        var user = await gateway.NewUserAsync();
        var bus = redis.Connection.GetDatabase();
        await using var first = await StreamVisitor.ConnectAsync(user, "/market");
        await using var second = await StreamVisitor.ConnectAsync(user, "/live");
        await first.SubscribeAsync(["quotes"], ["MSFT"]);
        await second.SubscribeAsync(["market_data"], ["MSFT"]);
        await Eventually.BecomesAsync(() => bus.SetContainsAsync(Topics.ActiveStocks, "MSFT"), isMember => isMember);

        var session = await user.NewSessionAsync(await user.NewStrategyAsync("MSFT"), "MSFT");
        await user.PostForAsync($"/sessions/{session}/stop");
        var afterSession = await bus.SetContainsAsync(Topics.ActiveStocks, "MSFT");
        await first.SayGoodByeAsync();
        await Eventually.BecomesAsync(
            async () => (await gateway.Anyone().GetAsync("/health")).GetProperty("connections").GetInt32(), connections => connections == 1);
        var afterFirst = await bus.SetContainsAsync(Topics.ActiveStocks, "MSFT");
        await second.SayAsync(new { action = "unsubscribe", channels = new[] { "market_data" } });

        Assert.True(afterSession);
        Assert.True(afterFirst);
        await Eventually.BecomesAsync(() => bus.SetContainsAsync(Topics.ActiveStocks, "MSFT"), isMember => !isMember);
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];
}
