using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Market;
using StratForge.Gateway.Risk;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Tests.Risk;

public sealed class RiskTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private RunningGateway Gateway => fixture.Gateway;

    private RiskDesk Desk => Gateway.Services.GetRequiredService<RiskDesk>();

    private LastPrices Prices => Gateway.Services.GetRequiredService<LastPrices>();

    [Fact]
    public async Task Until_anybody_sets_anything_the_defaults_hold_and_nobody_sells_short()
    {
        var user = await Gateway.NewUserAsync();

        var risk = await user.GetAsync("/api/users/me/risk");

        var effective = risk.GetProperty("effective");
        Assert.Equal("1000000", effective.GetProperty("maxOrderNotional").GetString());
        Assert.Equal(300, effective.GetProperty("maxPriceAgeSeconds").GetInt32());
        Assert.Equal(JsonValueKind.Null, effective.GetProperty("maxDailyLoss").ValueKind);
        Assert.True(risk.GetProperty("house").GetProperty("allowShorting").GetBoolean());
        Assert.False(effective.GetProperty("allowShorting").GetBoolean());
    }

    [Fact]
    public async Task A_user_tightens_for_himself_and_loosens_nothing()
    {
        var user = await Gateway.NewUserAsync();

        var risk = await user.PutForAsync("/api/users/me/risk", new
        {
            maxOrderNotional = "2500.50",
            maxPositionNotional = 900_000_000,
            maxDailyLoss = 400,
            allowedSymbols = new[] { "SPY", "BTC/USD", "SPY" },
            allowShorting = true,
        });

        Assert.Equal(risk.ToString(), (await user.GetAsync("/api/users/me/risk")).ToString());
        Assert.Equal(["BTC/USD", "SPY"], risk.GetProperty("own").GetProperty("allowedSymbols").EnumerateArray().Select(symbol => symbol.GetString()));
        var terms = Desk.TermsFor(user.Id, null, "SPY", TimeProvider.System.GetUtcNow());
        Assert.Equal(
            RiskLimits.HouseDefault with { MaxOrderNotional = 2500.50m, MaxDailyLoss = 400, AllowedSymbols = ["BTC/USD", "SPY"] }, terms.Limits);
    }

    [Fact]
    public async Task What_the_house_lays_down_for_a_user_he_cannot_take_back_and_nobody_else_feels()
    {
        var admin = await Gateway.NewAdminAsync(fixture.Database);
        var (user, other) = (await Gateway.NewUserAsync(), await Gateway.NewUserAsync());

        await admin.PutForAsync($"/api/admin/users/{user.Id}/risk", new { maxOrderNotional = 100, allowShorting = true });
        var risk = await user.PutForAsync("/api/users/me/risk", new { maxOrderNotional = 500_000, allowShorting = true });

        Assert.Equal("100", risk.GetProperty("effective").GetProperty("maxOrderNotional").GetString());
        Assert.Equal("100", risk.GetProperty("forUser").GetProperty("maxOrderNotional").GetString());
        Assert.True(risk.GetProperty("effective").GetProperty("allowShorting").GetBoolean());
        Assert.Equal(risk.ToString(), (await admin.GetAsync($"/api/admin/users/{user.Id}/risk")).ToString());
        Assert.Equal(
            "1000000", (await other.GetAsync("/api/users/me/risk")).GetProperty("effective").GetProperty("maxOrderNotional").GetString());
        await admin.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/admin/users/{Guid.AllBitsSet}/risk");
        await admin.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Put, $"/api/admin/users/{Guid.AllBitsSet}/risk", new { });
    }

    [Theory]
    [InlineData("maxOrderNotional", 0)]
    [InlineData("maxPositionNotional", 10.001)]
    [InlineData("maxDailyLoss", -5)]
    [InlineData("maxOpenOrders", 0)]
    [InlineData("maxOrdersPerMinute", 1_000_001)]
    [InlineData("priceCollarPercent", 100.5)]
    [InlineData("maxPriceAgeSeconds", 86_401)]
    [InlineData("allowedSymbols", new[] { "SPY", "not a symbol" })]
    [InlineData("deniedSymbols", new[] { "" })]
    public async Task A_limit_that_makes_no_sense_is_refused_by_its_name(string field, object value)
    {
        var user = await Gateway.NewUserAsync();

        var problem = await user.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Put, "/api/users/me/risk", new Dictionary<string, object> { [field] = value });

        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task Every_change_is_recorded_once_with_what_was_before()
    {
        var admin = await Gateway.NewAdminAsync(fixture.Database);
        var user = await Gateway.NewUserAsync();
        await user.PutForAsync("/api/users/me/risk", new { maxOpenOrders = 7 });
        await user.PutForAsync("/api/users/me/risk", new { maxOpenOrders = 7 });
        await user.PutForAsync("/api/users/me/risk", new { maxOpenOrders = 8 });
        await admin.PutForAsync($"/api/admin/users/{user.Id}/trading-mode", new { mode = "pause", reason = "Looking into it." });
        await admin.PutForAsync($"/api/admin/users/{user.Id}/trading-mode", new { mode = "normal" });

        var changes = (await admin.ListAsync("/api/admin/risk/changes"))
            .Where(change => change.GetProperty("scopeId").ValueKind == JsonValueKind.String && change.GetProperty("scopeId").GetGuid() == user.Id)
            .ToArray();

        Assert.Equal(
            ["trading_mode house", "trading_mode house", "limits user", "limits user"],
            changes.Select(change => $"{change.GetProperty("subject").GetString()} {change.GetProperty("keeper").GetString()}"));
        Assert.Equal([admin.Id, admin.Id, user.Id, user.Id], changes.Select(change => change.GetProperty("actorId").GetGuid()));
        Assert.Equal("pause", changes[0].GetProperty("before").GetProperty("mode").GetString());
        Assert.Equal("Looking into it.", changes[0].GetProperty("before").GetProperty("reason").GetString());
        Assert.Equal("normal", changes[0].GetProperty("after").GetProperty("mode").GetString());
        Assert.Equal(7, changes[2].GetProperty("before").GetProperty("maxOpenOrders").GetInt32());
        Assert.Equal(8, changes[2].GetProperty("after").GetProperty("maxOpenOrders").GetInt32());
        Assert.Equal(JsonValueKind.Null, changes[3].GetProperty("before").ValueKind);
    }

    [Fact]
    public async Task A_price_is_as_old_as_it_was_heard_and_a_stored_one_as_the_market_has_come_since()
    {
        var user = await Gateway.NewUserAsync();
        var marketTime = new DateTimeOffset(2030, 5, 6, 15, 0, 0, TimeSpan.Zero);
        await fixture.Database.ExecuteAsync(
            "insert into market_data (symbol, timeframe, time, open, high, low, close, volume) values ('OLD', '1m', $1, 9, 9, 9, 9, 1)",
            marketTime.AddMinutes(-8));
        await Prices.FindAsync(["OLD"], CancellationToken.None);
        Prices.Note(new LastPrice("HEARD", 12, marketTime));
        var heardAt = Prices.HeardAt("HEARD")!.Value;

        Assert.Equal(TimeSpan.FromSeconds(90), Desk.TermsFor(user.Id, null, "HEARD", heardAt.AddSeconds(90)).PriceAge);
        Assert.Equal(12, Desk.TermsFor(user.Id, null, "HEARD", heardAt).Price);
        Assert.Equal(TimeSpan.FromMinutes(7), Desk.TermsFor(user.Id, null, "OLD", heardAt).PriceAge);
        Assert.Equal(9, Desk.TermsFor(user.Id, null, "OLD", heardAt).Price);
        Assert.Null(Desk.TermsFor(user.Id, null, "NEVER", heardAt).Price);
    }

    [Fact]
    public async Task The_days_loss_is_counted_from_its_first_sample()
    {
        var user = await Gateway.NewUserAsync();
        // Later than any other test's prices, so that this symbol is the market's clock.
        var morning = new DateTimeOffset(2031, 5, 6, 9, 0, 0, TimeSpan.Zero);
        await fixture.Database.ExecuteAsync(
            "insert into positions (user_id, symbol, quantity, average_price, updated_at) values ($1, 'LOSS', 10, 100, now())", user.Id);
        foreach (var (at, equity) in new[] { (morning.AddDays(-1), 90_000m), (morning, 101_000m), (morning.AddHours(1), 99_000m) })
        {
            await fixture.Database.ExecuteAsync("insert into equity_samples values ($1, $2, $3, 0)", user.Id, at, equity);
        }

        Prices.Note(new LastPrice("LOSS", 42, morning.AddHours(2)));
        var before = Desk.TermsFor(user.Id, null, "LOSS", TimeProvider.System.GetUtcNow()).DayPnl;
        await user.PutForAsync("/api/users/me/risk", new { maxDailyLoss = 500 });

        // 100,000 in cash and ten units at 42, against 101,000 in the morning.
        await Eventually.BecomesAsync(
            () => Task.FromResult(Desk.TermsFor(user.Id, null, "LOSS", TimeProvider.System.GetUtcNow()).DayPnl), pnl => pnl == -580);
        Assert.Equal(0, before);
        Prices.Note(new LastPrice("LOSS", 60, morning.AddHours(3)));
        Assert.Equal(-400, Desk.TermsFor(user.Id, null, "LOSS", TimeProvider.System.GetUtcNow()).DayPnl);
    }

    [Fact]
    public async Task A_price_that_nobody_streams_is_asked_of_the_broker_once()
    {
        var user = await Gateway.NewUserAsync();
        var fresh = Gateway.Services.GetRequiredService<FreshPrices>();

        await fresh.RefreshAsync(user.Id, "IBM", CancellationToken.None);
        var heardAt = Prices.HeardAt("IBM");
        await fresh.RefreshAsync(user.Id, "IBM", CancellationToken.None);
        await fresh.RefreshAsync(user.Id, "UNKNOWN", CancellationToken.None);

        Assert.Equal(200, Desk.TermsFor(user.Id, null, "IBM", TimeProvider.System.GetUtcNow()).Price);
        Assert.NotNull(heardAt);
        Assert.Equal(heardAt, Prices.HeardAt("IBM"));
        Assert.Null(Desk.TermsFor(user.Id, null, "UNKNOWN", TimeProvider.System.GetUtcNow()).Price);
    }
}
