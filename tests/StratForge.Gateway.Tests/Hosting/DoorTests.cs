using System.Net;
using System.Text.Json;
using StratForge.Contracts.Internal;

namespace StratForge.Gateway.Tests.Hosting;

[Collection(OneGateway.Name)]
public sealed class DoorTests(GatewayFixture fixture)
{
    private RunningGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task The_public_port_knows_nothing_internal_and_the_internal_port_nothing_public()
    {
        var outside = Gateway.Anyone();
        var inside = new Client(Gateway.InternalAddress);

        using var fromOutside = await outside.SendAsync(
            HttpMethod.Post, "/internal/execute", new { }, (InternalHeaders.ServiceKey, RunningGateway.ServiceKey));
        using var health = await inside.SendAsync(HttpMethod.Get, "/alive");

        await Client.ProblemOf(fromOutside, HttpStatusCode.NotFound);
        await inside.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/version");
        await inside.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/swagger/index.html");
        await inside.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/internal/execute", new { });
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task A_surprise_becomes_a_problem_that_keeps_the_inside_inside()
    {
        var problem = await Gateway.Anyone().RefusedAsync(HttpStatusCode.InternalServerError, HttpMethod.Get, "/api/throws");

        Assert.Equal("internal-error", problem.GetProperty("code").GetString());
        Assert.Equal(32, problem.GetProperty("traceId").GetString()!.Length);
        Assert.Contains(Gateway.Faults.Logged, fault => fault is InvalidTimeZoneException);
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound, "unknown-route")]
    [InlineData("GET", "/trade/nothing", HttpStatusCode.NotFound, "unknown-route")]
    [InlineData("DELETE", "/api/portfolio", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    [InlineData("GET", "/api/auth/login", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, HttpStatusCode status, string code)
    {
        var problem = await Gateway.Anyone().RefusedAsync(status, new HttpMethod(method), path);

        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/api/trades?limit=abc", "limit", "abc")]
    [InlineData("/api/trades?cursor=x", "cursor", "x")]
    [InlineData("/api/market-data/candles?symbol=SPY&start=tomorrow", "start", "tomorrow")]
    public async Task A_value_that_can_not_be_read_is_named(string path, string name, string value)
    {
        var problem = await (await Gateway.NewUserAsync()).RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, path);

        Assert.Equal("bad-request", problem.GetProperty("code").GetString());
        Assert.Contains($"\"{name}\" from \"{value}\"", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/trade/orders", """{"symbol":"SPY","qty":"1","side":"buy","type":"market","take_profitt":{"limit_price":"1"}}""", "take_profitt")]
    [InlineData("POST", "/trade/orders", """{"symbol":"SPY","qty":"1","side":"buy","type":"market","order_class":"oto","stop_loss":{"stop":"1"}}""", "stop")]
    [InlineData("PUT", "/api/users/me/risk", """{"maxDailyLos":"100"}""", "maxDailyLos")]
    [InlineData("POST", "/api/strategies", """{"name":"n","language":"csharp","symbol":"SPY","code":"c","it's 'so'":1}""", "it's 'so'")]
    public async Task A_field_that_nobody_knows_is_named_and_nothing_is_done(string method, string path, string body, string field)
    {
        var user = await Gateway.NewUserAsync();

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, new HttpMethod(method), path, JsonDocument.Parse(body).RootElement);

        Assert.Equal("invalid-request", problem.GetProperty("code").GetString());
        Assert.StartsWith("is not known here", problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.Empty((await user.GetAsync("/trade/orders?status=all")).EnumerateArray());
        Assert.Empty((await user.GetAsync("/api/strategies")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_body_that_is_missing_is_asked_for()
    {
        var problem = await (await Gateway.NewUserAsync()).RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/trade/orders");

        Assert.Equal("body-required", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Answers_tell_browsers_to_run_nothing()
    {
        using var response = await Gateway.Anyone().SendAsync(HttpMethod.Get, "/api/version");

        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.StartsWith("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty((await Client.JsonOf(response)).GetProperty("version").GetString()));
    }

    [Theory]
    [InlineData("/api/users/me", HttpStatusCode.OK)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    public async Task What_the_api_answers_is_kept_by_nobody(string path, HttpStatusCode status)
    {
        var user = await Gateway.NewUserAsync();

        using var response = await user.SendAsync(HttpMethod.Get, path);

        Assert.Equal(status, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("https", "desk.example.org", true)]
    [InlineData("https", "localhost:3000", false)]
    [InlineData("http", "desk.example.org", false)]
    public async Task Whoever_came_encrypted_is_to_come_so_again(string scheme, string host, bool isAsked)
    {
        using var response = await Gateway.Anyone().SendAsync(
            HttpMethod.Get, "/api/version", null, ("X-Forwarded-Proto", scheme), ("X-Forwarded-Host", host), ("X-Forwarded-For", "192.0.2.1"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(isAsked, response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task The_api_describes_itself_with_money_as_text_and_counts_as_numbers()
    {
        var anyone = Gateway.Anyone();
        var document = await anyone.GetAsync("/openapi/v1.json");
        using var page = await anyone.SendAsync(HttpMethod.Get, "/swagger/index.html");

        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal("string", Type("Position", "quantity"));
        Assert.Equal("integer", Type("Strategy", "version"));
        Assert.Equal("string", Type("Trade", "executedAt"));
        Assert.Equal("string", schemas.GetProperty("SessionStatus").GetProperty("type").GetString());
        Assert.True(document.GetProperty("paths").TryGetProperty("/api/sessions/{id}/stop", out _));
        Assert.DoesNotContain(document.GetProperty("paths").EnumerateObject(), path => path.Name.StartsWith("/internal", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        string? Type(string schema, string property) =>
            schemas.GetProperty(schema).GetProperty("properties").GetProperty(property).GetProperty("type") is { ValueKind: JsonValueKind.String } type
                ? type.GetString()
                : null;
    }

    [Fact]
    public async Task Health_names_what_the_gateway_depends_on()
    {
        var health = await Gateway.Anyone().GetAsync("/health");

        Assert.Equal("Healthy", health.GetProperty("database").GetProperty("status").GetString());
        Assert.Equal("Healthy", health.GetProperty("bus").GetProperty("status").GetString());
        Assert.Equal("Degraded", health.GetProperty("broker").GetProperty("status").GetString());
        Assert.Equal("Degraded", health.GetProperty("status").GetString());
        Assert.True(health.TryGetProperty("lastMessageAt", out _));
    }
}
