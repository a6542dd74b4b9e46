using System.Net;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Identity;

public sealed class IdentitySettingsTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    [Fact]
    public async Task The_configured_address_becomes_an_admin_whether_it_registers_before_or_after()
    {
        string early;
        await using (var gateway = await RunningGateway.StartAsync(database, redis))
        {
            var user = await gateway.NewUserAsync();
            early = user.Email;
            Assert.Equal("user", await RoleOfAsync(user));
        }

        await using (var gateway = await RunningGateway.StartAsync(database, redis, $"Admin:Email={early.ToUpperInvariant()}"))
        {
            var user = gateway.Anyone();
            var signIn = await user.PostForAsync("/api/auth/login", new { email = early, password = Client.Password });
            Assert.Equal("admin", signIn.GetProperty("user").GetProperty("role").GetString());
        }

        await using (var gateway = await RunningGateway.StartAsync(database, redis, "Admin:Email=boss@example.org"))
        {
            var boss = await gateway.Anyone().PostForAsync(
                "/api/auth/register", new { email = "Boss@example.org", username = "boss", password = Client.Password });
            Assert.Equal("admin", boss.GetProperty("user").GetProperty("role").GetString());
            Assert.Equal("user", await RoleOfAsync(await gateway.NewUserAsync()));
        }
    }

    [Fact]
    public async Task An_address_that_tries_too_often_is_told_when_to_come_back()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, "RateLimits:AuthPerMinute=2");
        var guesser = gateway.Anyone();
        var guess = new { refreshToken = "a guess" };
        await guesser.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", guess);
        await guesser.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", guess);

        using var response = await guesser.PostAsync("/api/auth/refresh", guess);

        Assert.Equal("too-many-requests", (await Client.ProblemOf(response, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString());
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("10.0.0.0/8, 192.0.2.7", true)]
    [InlineData("192.0.2.7", false)]
    public async Task A_cookie_is_secure_behind_proxies_that_are_trusted(string trusted, bool isSecure)
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis, $"Proxies:Trusted={trusted}");
        var user = await gateway.NewUserAsync();

        using var login = await gateway.Anyone().SendAsync(
            HttpMethod.Post, "/api/auth/login", new { email = user.Email, password = Client.Password },
            ("X-Forwarded-For", "203.0.113.9, 10.1.2.3"), ("X-Forwarded-Proto", "https, http"));

        Assert.Equal(isSecure, Assert.Single(login.Headers.GetValues("Set-Cookie")).Contains("; secure", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Jwt:Secret=too short", "Jwt__Secret")]
    [InlineData("INTERNAL_PORT=no port", "INTERNAL_PORT")]
    [InlineData("Demo:Password=short", "Demo__Password")]
    [InlineData("Proxies:Trusted=10.0.0.0/8,10.1.2.3/33", "'10.1.2.3/33'")]
    public async Task A_wrong_setting_stops_the_gateway_at_its_door_with_a_sentence(string setting, string named)
    {
        var failure = await Record.ExceptionAsync(() => RunningGateway.StartAsync(database, redis, setting));

        Assert.Contains(named, failure?.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> RoleOfAsync(Client user) =>
        (await user.GetAsync("/api/users/me")).GetProperty("role").GetString();
}
