using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Tests.Identity;

[Collection(OneGateway.Name)]
public sealed class SignInTests(GatewayFixture fixture)
{
    private RunningGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task A_new_account_begins_with_a_deposit_that_the_ledger_explains()
    {
        var user = await Gateway.NewUserAsync();

        var entry = Assert.Single((await user.GetAsync("/api/ledger")).GetProperty("items").EnumerateArray());

        Assert.Equal("house:cash", entry.GetProperty("from").GetString());
        Assert.Equal("cash", entry.GetProperty("to").GetString());
        Assert.Equal("100000", entry.GetProperty("amount").GetString());
        Assert.Equal("100000", (await user.GetAsync("/api/portfolio")).GetProperty("available").GetString());
    }

    [Fact]
    public async Task An_email_is_one_account_whatever_its_case()
    {
        var user = await Gateway.NewUserAsync();
        var someone = Gateway.Anyone();

        var signIn = await someone.PostForAsync("/api/auth/login", new { email = user.Email.ToUpperInvariant(), password = Client.Password });
        var refusal = await someone.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/api/auth/register",
            new { email = user.Email.ToUpperInvariant(), username = "someone else", password = Client.Password });

        Assert.Equal(user.Id, signIn.GetProperty("user").GetProperty("id").GetGuid());
        Assert.Equal("user", signIn.GetProperty("user").GetProperty("role").GetString());
        Assert.Equal("email-taken", refusal.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answer()
    {
        var user = await Gateway.NewUserAsync();
        var someone = Gateway.Anyone();

        var wrong = await someone.RefusedAsync(
            HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/login", new { email = user.Email, password = "not the password" });
        var unknown = await someone.RefusedAsync(
            HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/login", new { email = "nobody@example.org", password = "not the password" });

        Assert.Equal(wrong.GetProperty("code").GetString(), unknown.GetProperty("code").GetString());
        Assert.Equal(wrong.GetProperty("detail").GetString(), unknown.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_using_it_again_ends_the_whole_sign_in()
    {
        var user = await Gateway.NewUserAsync();
        var first = await user.PostForAsync("/api/auth/login", new { email = user.Email, password = Client.Password });
        var stolen = new { refreshToken = first.GetProperty("refreshToken").GetString() };
        var second = await user.PostForAsync("/api/auth/refresh", stolen);
        user.SignIn(second.GetProperty("accessToken").GetString()!);
        await user.GetAsync("/api/users/me");

        var reuse = await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", stolen);

        Assert.Equal("refresh-token-reused", reuse.GetProperty("code").GetString());
        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        await user.RefusedAsync(
            HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh",
            new { refreshToken = second.GetProperty("refreshToken").GetString() });
    }

    [Fact]
    public async Task Logging_out_ends_the_access_token_too()
    {
        var user = await Gateway.NewUserAsync();
        await user.GetAsync("/api/users/me");

        await user.PostForAsync("/api/auth/logout");

        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
    }

    [Fact]
    public async Task A_new_password_ends_the_sign_ins_made_with_the_old_one()
    {
        var user = await Gateway.NewUserAsync();
        var elsewhere = await user.PostForAsync("/api/auth/login", new { email = user.Email, password = Client.Password });

        var refusal = await user.RefusedAsync(
            HttpStatusCode.Forbidden, HttpMethod.Post, "/api/auth/change-password",
            new { currentPassword = "not the password", newPassword = "another password" });
        var signIn = await user.PostForAsync(
            "/api/auth/change-password", new { currentPassword = Client.Password, newPassword = "another password" });

        Assert.Equal("wrong-password", refusal.GetProperty("code").GetString());
        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        await user.RefusedAsync(
            HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh",
            new { refreshToken = elsewhere.GetProperty("refreshToken").GetString() });
        user.SignIn(signIn.GetProperty("accessToken").GetString()!);
        await user.GetAsync("/api/users/me");
    }

    [Fact]
    public async Task A_name_can_be_changed_to_one_that_is_free()
    {
        var user = await Gateway.NewUserAsync();
        var other = await Gateway.NewUserAsync();
        var taken = (await other.GetAsync("/api/users/me")).GetProperty("username").GetString();

        using var renamed = await user.SendAsync(HttpMethod.Put, "/api/users/me", new { username = "Ann of the desk" });
        await Client.JsonOf(renamed);

        Assert.Equal("Ann of the desk", (await user.GetAsync("/api/users/me")).GetProperty("username").GetString());
        await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Put, "/api/users/me", new { username = taken });
    }

    [Theory]
    [InlineData("https://evil.example.org", "dashboard", HttpStatusCode.Forbidden)]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData(null, "dashboard", HttpStatusCode.OK)]
    [InlineData("ours", "dashboard", HttpStatusCode.OK)]
    public async Task A_cookie_changes_something_only_for_our_own_pages(string? origin, string? client, HttpStatusCode expected)
    {
        var user = await Gateway.NewUserAsync();
        var browser = Gateway.Anyone();
        using var login = await browser.PostAsync("/api/auth/login", new { email = user.Email, password = Client.Password });
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        (string, string)[] headers =
        [
            ("Cookie", cookie.Split(';')[0]),
            .. origin is null ? [] : new[] { ("Origin", origin == "ours" ? Gateway.Address.GetLeftPart(UriPartial.Authority) : origin) },
            .. client is null ? [] : new[] { ("X-SF-Client", client) },
        ];

        using var read = await browser.SendAsync(HttpMethod.Get, "/api/users/me", null, ("Cookie", cookie.Split(';')[0]));
        using var change = await browser.SendAsync(HttpMethod.Put, "/api/users/me", new { username = $"b{user.Id:N}" }, headers);

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(expected, change.StatusCode);
        if (expected == HttpStatusCode.Forbidden)
        {
            Assert.Equal("cross-site-request", (await Client.ProblemOf(change, expected)).GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task A_cookie_is_renewed_with_the_role_that_its_owner_has_by_then()
    {
        var user = await Gateway.NewUserAsync();
        var tokens = Gateway.Services.GetRequiredService<AccessTokens>();
        var caller = tokens.Read(user.Http.DefaultRequestHeaders.Authorization!.Parameter)!.Value.Caller;
        var aged = tokens.Issue(caller with { Role = Caller.Admin }, TimeSpan.FromHours(1));

        using var read = await Gateway.Anyone().SendAsync(HttpMethod.Get, "/api/users/me", null, ("Cookie", $"{SessionCookie.Name}={aged}"));
        var renewed = Assert.Single(read.Headers.GetValues("Set-Cookie")).Split(';')[0][$"{SessionCookie.Name}=".Length..];

        Assert.Equal(caller, tokens.Read(renewed)!.Value.Caller);
    }

    [Fact]
    public async Task A_token_that_is_forged_unsigned_or_over_opens_nothing()
    {
        var user = await Gateway.NewUserAsync();
        var genuine = user.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        var caller = Gateway.Services.GetRequiredService<AccessTokens>().Read(genuine)!.Value.Caller;
        var parts = genuine.Split('.');
        string[] bad =
        [
            $"{parts[0]}.{parts[1]}.{Convert.ToBase64String(new byte[32]).TrimEnd('=').Replace('/', '_').Replace('+', '-')}",
            $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.",
            $"{parts[0]}.{Encode(JsonSerializer.Serialize(new { iss = "stratforge", sub = caller.UserId, role = "admin", sid = caller.FamilyId, exp = 4_000_000_000L }))}.{parts[2]}",
            Gateway.Services.GetRequiredService<AccessTokens>().Issue(caller, TimeSpan.FromSeconds(-1)),
            "not.a.token",
            "",
            new string('x', 10_000),
        ];

        foreach (var token in bad)
        {
            user.SignIn(token);
            await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        }

        user.SignIn(genuine);
        await user.GetAsync("/api/users/me");
    }

    [Fact]
    public async Task A_registration_says_what_is_wrong_with_each_field()
    {
        var problem = await Gateway.Anyone().RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/api/auth/register", new { email = "not an address", username = " ", password = "short" });

        Assert.Equal(
            ["email", "password", "username"],
            problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    private static string Encode(string json) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('/', '_').Replace('+', '-');
}
