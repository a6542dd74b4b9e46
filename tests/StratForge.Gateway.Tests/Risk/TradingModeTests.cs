using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Risk;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Tests.Risk;

public sealed class TradingModeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private RunningGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task A_user_stops_one_session_or_everything_and_the_strictest_switch_holds()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());

        var set = await user.PutForAsync($"/sessions/{session}/trading-mode", new { mode = "pause", reason = "It trades too much." });
        await user.PutForAsync("/api/users/me/trading-mode", new { mode = "reduce_only" });

        Assert.Equal("pause", set.GetProperty("mode").GetString());
        Assert.Equal(TradingMode.Paused, ModeOf(user.Id, session));
        Assert.Equal(TradingMode.ReduceOnly, ModeOf(user.Id, null));
        var shown = await user.GetAsync($"/api/sessions/{session}/trading-mode");
        Assert.Equal("pause", shown.GetProperty("effective").GetString());
        Assert.Equal(
            ["user reduce_only ", "session pause It trades too much."],
            shown.GetProperty("switches").EnumerateArray().Select(item =>
                $"{item.GetProperty("scope").GetString()} {item.GetProperty("mode").GetString()} {item.GetProperty("reason").GetString()}"));

        await user.PutForAsync($"/sessions/{session}/trading-mode", new { mode = "normal" });
        Assert.Equal(TradingMode.ReduceOnly, ModeOf(user.Id, session));
        Assert.Equal(JsonValueKind.Null, (await user.GetAsync($"/sessions/{session}/trading-mode")).GetProperty("setAt").ValueKind);
    }

    [Fact]
    public async Task The_houses_switch_is_not_a_users_to_lift()
    {
        var admin = await Gateway.NewAdminAsync(fixture.Database);
        var (user, other) = (await Gateway.NewUserAsync(), await Gateway.NewUserAsync());

        await admin.PutForAsync($"/api/admin/users/{user.Id}/trading-mode", new { mode = "pause", reason = "Call us." });
        var own = await user.PutForAsync("/api/users/me/trading-mode", new { mode = "normal" });

        Assert.Equal("normal", own.GetProperty("mode").GetString());
        Assert.Equal("pause", own.GetProperty("effective").GetString());
        Assert.Equal("Call us.", Assert.Single(own.GetProperty("switches").EnumerateArray()).GetProperty("reason").GetString());
        Assert.Equal(TradingMode.Paused, ModeOf(user.Id, null));
        Assert.Equal(TradingMode.Normal, ModeOf(other.Id, null));
        await admin.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/admin/users/{Guid.AllBitsSet}/trading-mode");
        await admin.RefusedAsync(
            HttpStatusCode.NotFound, HttpMethod.Put, $"/api/admin/users/{Guid.AllBitsSet}/trading-mode", new { mode = "pause" });
    }

    [Fact]
    public async Task A_switch_has_four_places_and_says_so()
    {
        var user = await Gateway.NewUserAsync();

        var unknown = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "/api/users/me/trading-mode", new { mode = "stop" });
        var unsaid = await user.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Put, "/api/users/me/trading-mode", new { mode = "pause", reason = new string('x', 501) });

        Assert.Equal("has to be normal, reduce_only, flatten or pause.", unknown.GetProperty("errors").GetProperty("mode")[0].GetString());
        Assert.True(unsaid.GetProperty("errors").TryGetProperty("reason", out _));
    }

    [Fact]
    public async Task What_one_gateway_is_told_the_others_know_with_the_bus_or_without()
    {
        await using var other = await RunningGateway.StartAsync(fixture.Database, fixture.Redis);
        var admin = await Gateway.NewAdminAsync(fixture.Database);
        var user = await Gateway.NewUserAsync();
        var there = other.Services.GetRequiredService<RiskDesk>();

        await admin.PutForAsync("/api/admin/trading-mode", new { mode = "pause" });
        await Eventually.BecomesAsync(() => Task.FromResult(there.TermsFor(user.Id, null, "SPY", default).Mode), mode => mode == TradingMode.Paused);

        await fixture.Redis.KillAsync();
        await admin.PutForAsync("/api/admin/trading-mode", new { mode = "normal" });
        await admin.PutForAsync("/api/admin/risk", new { maxOpenOrders = 3 });

        Assert.Equal(3, Gateway.Services.GetRequiredService<RiskDesk>().TermsFor(user.Id, null, "SPY", default).Limits.MaxOpenOrders);
        await Eventually.BecomesAsync(() => Task.FromResult(there.TermsFor(user.Id, null, "SPY", default).Limits.MaxOpenOrders), most => most == 3);
        Assert.Equal(TradingMode.Normal, there.TermsFor(user.Id, null, "SPY", default).Mode);
        await fixture.Redis.StartAgainAsync();
        Assert.Equal(
            ["maxOpenOrders"],
            (await admin.GetAsync("/api/admin/risk")).GetProperty("limits").EnumerateObject()
                .Where(limit => limit.Value.ValueKind == JsonValueKind.Number).Select(limit => limit.Name));
    }

    private TradingMode ModeOf(Guid userId, Guid? sessionId) =>
        Gateway.Services.GetRequiredService<RiskDesk>().TermsFor(userId, sessionId, "SPY", TimeProvider.System.GetUtcNow()).Mode;
}
