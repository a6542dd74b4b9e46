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
    [InlineData("Jwt:Secret=too short", "Jwt__Secret")]
    [InlineData("INTERNAL_PORT=no port", "INTERNAL_PORT")]
    [InlineData("Demo:Password=short", "Demo__Password")]
    public async Task A_wrong_setting_stops_the_gateway_at_its_door_with_a_sentence(string setting, string named)
    {
        var failure = await Record.ExceptionAsync(() => RunningGateway.StartAsync(database, redis, setting));

        Assert.Contains(named, failure?.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> RoleOfAsync(Client user) =>
        (await user.GetAsync("/api/users/me")).GetProperty("role").GetString();
}
