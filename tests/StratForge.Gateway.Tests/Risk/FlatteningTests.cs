using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StratForge.Alpaca;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Gateway.Risk;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Risk;

public sealed class FlatteningTests(FreshDatabase database, FreshRedis redis)
    : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private readonly PaperVenue _venue = new(TimeProvider.System) { FillsAt = 100 };
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await StartAsync(_ => { });

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task What_is_open_is_canceled_and_what_is_held_is_sold_by_hand_and_by_sessions()
    {
        var user = await _gateway.NewUserAsync();
        var session = await ASessionThatHoldsAsync(user, "AAPL", 5);
        await BuyAsync(user, "SPY", 10);
        _venue.FillsAt = null;
        await LimitAsync(user, "SPY", "sell", 4, 130);
        await LimitAsync(user, "MSFT", "buy", 1, 90);
        _venue.FillsAt = 99;

        await user.PutForAsync("/api/users/me/trading-mode", new { mode = "flatten", reason = "Enough for today." });
        var done = await DoneAsync(user, "/api/users/me/trading-mode");

        Assert.Equal("flatten", done.GetProperty("mode").GetString());
        Assert.Empty((await user.GetAsync("/api/positions")).GetProperty("items").EnumerateArray());
        Assert.Empty((await user.GetAsync("/trade/orders")).EnumerateArray());
        var byHand = (await user.GetAsync("/trade/orders?status=closed")).EnumerateArray()
            .Where(order => order.GetProperty("session_id").ValueKind == JsonValueKind.Null)
            .ToLookup(order => $"{Text(order, "symbol")} {Text(order, "side")} {Text(order, "status")}", order => decimal.Parse(Text(order, "qty")!));
        Assert.Equal([1], byHand["MSFT buy canceled"]);
        Assert.Equal([4], byHand["SPY sell canceled"]);
        // At once what the canceled order did not hold, then what it let go of.
        Assert.Equal(10, byHand["SPY sell filled"].Sum());
        var sold = Assert.Single(
            (await user.GetAsync($"/sessions/{session}/trades")).GetProperty("items").EnumerateArray(), trade => Text(trade, "action") == "SELL");
        Assert.Equal("5", Text(sold, "quantity"));
        // Bought at 100, sold at 99.
        Assert.Equal("99985", (await user.GetAsync("/api/portfolio")).GetProperty("cash").GetString());
    }

    [Fact]
    public async Task A_session_is_flattened_alone()
    {
        var user = await _gateway.NewUserAsync();
        var session = await ASessionThatHoldsAsync(user, "SPY", 5);
        await BuyAsync(user, "SPY", 10);

        await user.PutForAsync($"/sessions/{session}/trading-mode", new { mode = "flatten" });
        await DoneAsync(user, $"/sessions/{session}/trading-mode");

        var left = Assert.Single((await user.GetAsync("/api/positions")).GetProperty("items").EnumerateArray());
        Assert.Equal("10", Text(left, "quantity"));
        Assert.Equal(JsonValueKind.Null, left.GetProperty("sessionId").ValueKind);
    }

    [Fact]
    public async Task The_house_flattens_everybody_through_a_users_pause()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var (one, other) = (await _gateway.NewUserAsync(), await _gateway.NewUserAsync());
        await BuyAsync(one, "SPY", 3);
        await BuyAsync(other, "AAPL", 4);
        await one.PutForAsync("/api/users/me/trading-mode", new { mode = "pause" });

        await admin.PutForAsync("/api/admin/trading-mode", new { mode = "flatten" });
        await DoneAsync(admin, "/api/admin/trading-mode");
        await admin.PutForAsync("/api/admin/trading-mode", new { mode = "normal" });

        Assert.Empty((await one.GetAsync("/api/positions")).GetProperty("items").EnumerateArray());
        Assert.Empty((await other.GetAsync("/api/positions")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_user_who_flattens_waits_for_the_houses_pause_to_be_lifted()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var user = await _gateway.NewUserAsync();
        await BuyAsync(user, "SPY", 3);
        await admin.PutForAsync($"/api/admin/users/{user.Id}/trading-mode", new { mode = "pause" });

        var waiting = await user.PutForAsync("/api/users/me/trading-mode", new { mode = "flatten" });
        await _gateway.Services.GetRequiredService<Flattening>().RoundAsync(CancellationToken.None);
        var asked = await database.ValueAsync<long>("select count(*) from closings where user_id = $1", user.Id);
        await admin.PutForAsync($"/api/admin/users/{user.Id}/trading-mode", new { mode = "normal" });

        Assert.Equal("waiting", waiting.GetProperty("flatten").GetProperty("state").GetString());
        Assert.Equal(1, waiting.GetProperty("flatten").GetProperty("openPositions").GetInt32());
        Assert.Equal(0, asked);
        await DoneAsync(user, "/api/users/me/trading-mode");
    }

    [Fact]
    public async Task A_position_that_cannot_be_closed_says_why_and_holds_up_no_other()
    {
        var user = await _gateway.NewUserAsync();
        await BuyAsync(user, "SPY", 3);
        await database.ExecuteAsync(
            "insert into positions (user_id, symbol, quantity, average_price, updated_at) values ($1, 'GONE', 2, 50, now())", user.Id);

        await user.PutForAsync("/api/users/me/trading-mode", new { mode = "flatten" });
        var flatten = await Eventually.BecomesAsync(
            async () => (await user.GetAsync("/api/users/me/trading-mode")).GetProperty("flatten"),
            flatten => flatten.GetProperty("openPositions").GetInt32() == 1 && flatten.GetProperty("refused").GetArrayLength() == 1);
        await user.PutForAsync("/api/users/me/trading-mode", new { mode = "normal" });
        await database.ExecuteAsync("delete from positions where user_id = $1 and symbol = 'GONE'", user.Id);

        Assert.Equal("running", flatten.GetProperty("state").GetString());
        Assert.Equal("NOT_TRADABLE", Text(flatten.GetProperty("refused")[0], "code"));
        Assert.Equal("GONE", Text(flatten.GetProperty("refused")[0], "symbol"));
    }

    [Fact]
    public async Task A_gateway_that_dies_before_it_hears_of_its_order_places_no_second_one()
    {
        var user = await _gateway.NewUserAsync();
        var session = await ASessionThatHoldsAsync(user, "AAPL", 5);
        await BuyAsync(user, "SPY", 10);
        await _gateway.DisposeAsync();

        // Orders are placed, and nobody writes down which.
        _venue.FillsAt = null;
        _gateway = await StartAsync(services =>
        {
            services.RemoveAll<IClosingDesk>();
            services.AddSingleton<ClosingDesk>();
            services.AddSingleton<IClosingDesk, DyingDesk>();
        });
        var returned = _gateway.Anyone();
        returned.SignIn((await returned.PostForAsync("/api/auth/login", new { email = user.Email, password = Client.Password })).GetProperty("accessToken").GetString()!);
        await returned.PutForAsync("/api/users/me/trading-mode", new { mode = "flatten" });
        await Eventually.BecomesAsync(
            () => Task.FromResult(_venue.Orders.Count(order => order is { Side: AlpacaSide.Sell, IsOver: false })), count => count == 2);
        await _gateway.DisposeAsync();

        _gateway = await StartAsync(_ => { });
        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from closings where user_id = $1 and order_id is not null", user.Id), known => known == 2);
        foreach (var order in _venue.Orders.Where(order => !order.IsOver))
        {
            _venue.Fill(order, order.Qty!.Value, 101);
        }

        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from positions where user_id = $1 and quantity <> 0", user.Id), held => held == 0);
        Assert.Equal(
            2, await database.ValueAsync<long>("select count(*) from orders where user_id = $1 and side = 'sell'", user.Id));
        Assert.Equal(
            1, await database.ValueAsync<int>("select max(attempt) from closings where user_id = $1", user.Id));
        Assert.Equal(1, await database.ValueAsync<long>("select count(*) from orders where session_id = $1 and side = 'sell'", session));
    }

    private Task<RunningGateway> StartAsync(Action<IServiceCollection> adjust) => RunningGateway.StartAsync(database, redis, services =>
    {
        services.RemoveAll<IBroker>();
        services.AddSingleton<IBroker>(new ListingVenue(_venue));
        adjust(services);
    });

    private void Price(string symbol) =>
        _gateway.Services.GetRequiredService<LastPrices>().Note(new LastPrice(symbol, 100, TimeProvider.System.GetUtcNow()));

    private async Task BuyAsync(Client user, string symbol, decimal quantity)
    {
        Price(symbol);
        await user.PostForAsync("/trade/orders", new { symbol, qty = quantity, side = "buy", type = "market" });
        await HeldAsync(user.Id, null, symbol, quantity);
    }

    private static Task<JsonElement> LimitAsync(Client user, string symbol, string side, decimal quantity, decimal limit) =>
        user.PostForAsync("/trade/orders", new { symbol, qty = quantity, side, type = "limit", limit_price = limit });

    private async Task<Guid> ASessionThatHoldsAsync(Client user, string symbol, decimal quantity)
    {
        Price(symbol);
        var session = await user.NewSessionAsync(await user.NewStrategyAsync(symbol), symbol);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway.InternalAddress, "/internal/execute"))
        {
            Content = JsonContent.Create(
                new ExecuteSignal(
                    SignalIds.Derive(session, SessionEventKind.Bar, 1, 0), session, Guid.Empty, symbol, Side.Buy, quantity, 1, 0,
                    SessionEventKind.Bar, 1, 0, DateTimeOffset.UnixEpoch.AddYears(54)),
                ContractsJson.Default.ExecuteSignal),
        };
        request.Headers.Add(InternalHeaders.ServiceKey, RunningGateway.ServiceKey);
        using var response = await user.Http.SendAsync(request);
        Assert.Equal(ExecuteOutcome.Accepted, (await Client.JsonOf(response)).GetProperty("status").GetString());
        await HeldAsync(user.Id, session, symbol, quantity);
        return session;
    }

    private Task HeldAsync(Guid userId, Guid? sessionId, string symbol, decimal quantity) => Eventually.BecomesAsync(
        () => database.ValueAsync<decimal>(
            "select quantity from positions where user_id = $1 and session_id is not distinct from $2::uuid and symbol = $3", userId, sessionId, symbol),
        held => held == quantity);

    private static Task<JsonElement> DoneAsync(Client user, string path) => Eventually.BecomesAsync(
        () => user.GetAsync(path), mode => mode.GetProperty("flatten").GetProperty("state").GetString() == "done");

    private static string? Text(JsonElement item, string field) => item.GetProperty(field).GetString();

    /// <summary>Places orders and is gone before it can say so.</summary>
    private sealed class DyingDesk(ClosingDesk desk) : IClosingDesk
    {
        public Task<IReadOnlyList<OpenOrder>> ListOrdersAsync(SwitchKey key, CancellationToken cancellationToken) =>
            desk.ListOrdersAsync(key, cancellationToken);

        public Task<IReadOnlyList<OpenPosition>> ListPositionsAsync(SwitchKey key, CancellationToken cancellationToken) =>
            desk.ListPositionsAsync(key, cancellationToken);

        public Task CancelAsync(OpenOrder order, CancellationToken cancellationToken) => desk.CancelAsync(order, cancellationToken);

        public async Task<ClosingAnswer> CloseAsync(Closing closing, CancellationToken cancellationToken)
        {
            await desk.CloseAsync(closing, cancellationToken);
            throw new TimeoutException("Nobody hears the answer.");
        }
    }
}
