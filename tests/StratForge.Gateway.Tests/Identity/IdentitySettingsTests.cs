using System.Net;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Identity;

public sealed class IdentitySettingsTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    [Theory]
    [InlineData("Admin:Password=known to the operator")]
    [InlineData("Admin:Password=")]
    public async Task The_configured_address_is_an_admins_before_anybody_can_register_it(string password)
    {
        string[] settings = ["Admin:Email=Boss@example.org", .. password.EndsWith('=') ? Array.Empty<string>() : [password]];
        await using (await RunningGateway.StartAsync(database, redis, settings))
        await using (var gateway = await RunningGateway.StartAsync(database, redis, settings))
        {
            var stranger = gateway.Anyone();
            var refusal = await stranger.RefusedAsync(
                HttpStatusCode.Conflict, HttpMethod.Post, "/api/auth/register", new { email = "boss@example.org", username = "boss", password = Client.Password });

            Assert.Equal("email-taken", refusal.GetProperty("code").GetString());
            Assert.Equal("user", await RoleOfAsync(await gateway.NewUserAsync()));
            Assert.Equal(1, await database.ValueAsync<long>("select count(*) from users where email = 'boss@example.org' and role = 'admin'"));
        }
    }

    [Fact]
    public async Task Whoever_registered_the_address_before_it_was_configured_loses_the_account_to_the_operator()
    {
        await using var before = await RunningGateway.StartAsync(database, redis);
        var early = await before.NewUserAsync();

        await using var gateway = await RunningGateway.StartAsync(
            database, redis, $"Admin:Email={early.Email.ToUpperInvariant()}", "Admin:Password=known to the operator");
        var stranger = gateway.Anyone();
        stranger.SignIn(early.Http.DefaultRequestHeaders.Authorization!.Parameter!);
        var admin = await SignInAsync(gateway, early.Email, "known to the operator");

        Assert.Equal("admin", await RoleOfAsync(admin));
        await stranger.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        await stranger.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/login", new { email = early.Email, password = Client.Password });
    }

    [Fact]
    public async Task Whoever_is_not_named_any_more_is_no_admin_from_the_next_start_on()
    {
        Client former;
        await using (var gateway = await RunningGateway.StartAsync(database, redis, "Admin:Email=ann@example.org", "Admin:Password=the password of ann"))
        {
            former = await SignInAsync(gateway, "ann@example.org", "the password of ann");
            await former.PutForAsync("/api/admin/trading-mode", new { mode = "normal" });
        }

        await using (var gateway = await RunningGateway.StartAsync(database, redis, "Admin:Email=bob@example.org", "Admin:Password=the password of bob"))
        {
            var holder = gateway.Anyone();
            holder.SignIn(former.Http.DefaultRequestHeaders.Authorization!.Parameter!);
            await holder.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
            Assert.Equal("user", await RoleOfAsync(await SignInAsync(gateway, "ann@example.org", "the password of ann")));
            Assert.Equal("admin", await RoleOfAsync(await SignInAsync(gateway, "bob@example.org", "the password of bob")));
        }

        await using (var gateway = await RunningGateway.StartAsync(database, redis))
        {
            Assert.Equal("user", await RoleOfAsync(await SignInAsync(gateway, "bob@example.org", "the password of bob")));
        }
    }

    [Fact]
    public async Task An_admin_who_has_changed_his_password_keeps_it_through_a_start()
    {
        string[] settings = ["Admin:Email=cid@example.org", "Admin:Password=the first password"];
        await using (var gateway = await RunningGateway.StartAsync(database, redis, settings))
        {
            var admin = await SignInAsync(gateway, "cid@example.org", "the first password");
            await admin.PostForAsync("/api/auth/change-password", new { currentPassword = "the first password", newPassword = "one of his own" });
        }

        await using (var gateway = await RunningGateway.StartAsync(database, redis, settings))
        {
            Assert.Equal("admin", await RoleOfAsync(await SignInAsync(gateway, "cid@example.org", "one of his own")));
        }
    }

    [Fact]
    public async Task An_admins_account_that_is_locked_is_handed_over_at_the_next_start()
    {
        string[] settings = ["Admin:Email=dan@example.org", "Admin:Password=the password of dan"];
        await using (await RunningGateway.StartAsync(database, redis, settings))
        {
            await database.ExecuteAsync("update users set locked_at = now(), password_hash = 'lost' where email = 'dan@example.org'");
        }

        await using (var gateway = await RunningGateway.StartAsync(database, redis, settings))
        {
            Assert.Equal("admin", await RoleOfAsync(await SignInAsync(gateway, "dan@example.org", "the password of dan")));
        }
    }

    [Fact]
    public async Task A_link_to_a_new_password_does_not_outlive_the_handing_over_of_its_account()
    {
        string code;
        Client user;
        await using (var gateway = await RunningGateway.StartAsync(database, redis))
        {
            var admin = await gateway.NewAdminAsync(database);
            user = await gateway.NewUserAsync();
            code = (await admin.PostForAsync($"/api/admin/users/{user.Id}/password-link")).GetProperty("code").GetString()!;
        }

        await using (var gateway = await RunningGateway.StartAsync(database, redis, $"Admin:Email={user.Email}"))
        {
            await gateway.Anyone().RefusedAsync(
                HttpStatusCode.BadRequest, HttpMethod.Post, "/api/auth/set-password", new { code, newPassword = "another password" });
        }
    }

    [Fact]
    public async Task Where_registration_is_closed_only_an_admin_opens_accounts()
    {
        await using var gateway = await RunningGateway.StartAsync(
            database, redis, "Registration:Open=false", "Admin:Email=eve@example.org", "Admin:Password=the password of eve");
        var stranger = gateway.Anyone();

        Assert.False((await stranger.GetAsync("/api/auth/registration")).GetProperty("open").GetBoolean());
        var refusal = await stranger.RefusedAsync(
            HttpStatusCode.Forbidden, HttpMethod.Post, "/api/auth/register", new { email = "new@example.org", username = "new", password = Client.Password });
        Assert.Equal("registration-closed", refusal.GetProperty("code").GetString());
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from users where email = 'new@example.org'"));

        var admin = await SignInAsync(gateway, "eve@example.org", "the password of eve");
        var made = await admin.PostForAsync("/api/admin/users", new { email = "new@example.org", username = "new" });
        await stranger.PostForAsync(
            "/api/auth/set-password", new { code = made.GetProperty("link").GetProperty("code").GetString(), newPassword = Client.Password });
        Assert.Equal("user", await RoleOfAsync(await SignInAsync(gateway, "new@example.org", Client.Password)));
    }

    [Fact]
    public async Task Registration_is_open_unless_it_is_closed()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis);

        Assert.True((await gateway.Anyone().GetAsync("/api/auth/registration")).GetProperty("open").GetBoolean());
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
    [InlineData("Admin:Password=short", "Admin__Password")]
    [InlineData("Admin:Email=the boss", "Admin__Email")]
    [InlineData("RateLimits:AuthPerMinute=0", "AuthPerMinute")]
    [InlineData("RateLimits:UserPerSecond=0", "UserPerSecond")]
    [InlineData("Registration:Open=perhaps", "Registration:Open")]
    public async Task A_wrong_setting_stops_the_gateway_at_its_door_with_a_sentence(string setting, string named)
    {
        var failure = await Record.ExceptionAsync(() => RunningGateway.StartAsync(database, redis, setting));

        Assert.Contains(named, failure?.Message, StringComparison.Ordinal);
    }

    private static async Task<Client> SignInAsync(RunningGateway gateway, string email, string password)
    {
        var client = gateway.Anyone();
        client.SignIn((await client.PostForAsync("/api/auth/login", new { email, password })).GetProperty("accessToken").GetString()!);
        return client;
    }

    private static async Task<string?> RoleOfAsync(Client user) =>
        (await user.GetAsync("/api/users/me")).GetProperty("role").GetString();
}
