using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Risk;
using StratForge.Gateway.Tests.Streams;
using StratForge.Testing;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Tests.Users;

/// <summary>What admins do to other people's accounts.</summary>
public sealed class AccountCareTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        await database.ExecuteAsync("update users set role = 'user'");
        // No look at the sign-ins comes in time to help.
        _gateway = await RunningGateway.StartAsync(database, redis, "Streams:SignInsEvery=00:10:00");
        await StreamHouse.ListensAsync(_gateway);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Users_are_listed_newest_first_and_found_by_a_piece_of_their_email_or_name_and_by_their_state()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var users = new[] { await _gateway.NewUserAsync(), await _gateway.NewUserAsync(), await _gateway.NewUserAsync() };
        await database.ExecuteAsync("update users set username = 'Zo_ra 100%' where id = $1", users[1].Id);
        await users[1].NewSessionAsync(await users[1].NewStrategyAsync());
        await LockAsync(admin, users[2]);

        var ids = (await admin.ListAsync("/api/admin/users")).Select(IdOf).ToList();
        Assert.Equal([users[2].Id, users[1].Id, users[0].Id, admin.Id], ids[..4]);
        Assert.Equal(ids.Count, ids.Distinct().Count());

        var found = await FoundAsync("search=o_RA%20100%25");
        Assert.Equal(users[1].Id, IdOf(Assert.Single(found)));
        Assert.Equal(
            ("active", "normal", 1, JsonValueKind.Null),
            (found[0].GetProperty("state").GetString(), found[0].GetProperty("tradingMode").GetString(), found[0].GetProperty("openSessions").GetInt32(), found[0].GetProperty("lockedAt").ValueKind));
        Assert.Equal(users[0].Id, IdOf(Assert.Single(await FoundAsync($"search={users[0].Email.ToUpperInvariant()}&state=active"))));
        Assert.Empty(await FoundAsync($"search={users[0].Email}&state=locked"));
        Assert.Equal(users[2].Id, IdOf(Assert.Single(await FoundAsync($"search={users[2].Email}&state=locked"))));
        // Letters that SQL's patterns have a meaning for are letters.
        Assert.Empty(await FoundAsync("search=o%25ra"));
        Assert.DoesNotContain("hash", found[0].GetRawText(), StringComparison.OrdinalIgnoreCase);

        await admin.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/admin/users?state=asleep");
        await admin.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/api/admin/users?search={new string('x', 101)}");
        await admin.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/admin/users/{Guid.AllBitsSet}");

        async Task<List<JsonElement>> FoundAsync(string query) =>
            [.. (await admin.GetAsync($"/api/admin/users?{query}")).GetProperty("items").EnumerateArray()];
    }

    [Theory]
    [InlineData("GET", "/api/admin/users", null)]
    [InlineData("GET", "/api/admin/users/{0}", null)]
    [InlineData("GET", "/api/admin/account-changes", null)]
    [InlineData("POST", "/api/admin/users", """{"email":"new@example.org","username":"new"}""")]
    [InlineData("POST", "/api/admin/users/{0}/password-link", null)]
    [InlineData("PUT", "/api/admin/users/{0}/lock", "{}")]
    [InlineData("DELETE", "/api/admin/users/{0}/lock", null)]
    public async Task Nobody_but_an_admin_sees_or_touches_accounts(string method, string path, string? body)
    {
        var (user, other) = (await _gateway.NewUserAsync(), await _gateway.NewUserAsync());
        var address = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, other.Id);
        var json = body is null ? (JsonElement?)null : JsonElement.Parse(body);

        await user.RefusedAsync(HttpStatusCode.Forbidden, new HttpMethod(method), address, json);
        await _gateway.Anyone().RefusedAsync(HttpStatusCode.Unauthorized, new HttpMethod(method), address, json);
    }

    [Fact]
    public async Task A_locked_account_lets_nobody_in_and_whoever_was_in_is_out()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var user = await _gateway.NewUserAsync();
        var signIn = await user.PostForAsync("/api/auth/login", Login(user));
        var key = (await user.PostForAsync("/api/users/me/api-keys", new { name = "a program" })).GetProperty("key").GetString()!;
        var program = Using(key);
        await program.GetAsync("/api/users/me");
        await user.GetAsync("/api/users/me");
        await using var byToken = await StreamVisitor.ConnectAsync(user, "/live");
        await using var byKey = await StreamVisitor.ConnectAsync(program, "/live");

        var locked = await LockAsync(admin, user, "He shared his password.");

        Assert.Equal(("locked", "He shared his password."), (locked.GetProperty("state").GetString(), locked.GetProperty("lockReason").GetString()));
        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        await program.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        await user.RefusedAsync(
            HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", new { refreshToken = signIn.GetProperty("refreshToken").GetString() });
        Assert.Equal(4401, await byToken.ClosedAsync());
        Assert.Equal(4401, await byKey.ClosedAsync());
        var refusal = await _gateway.Anyone().RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "/api/auth/login", Login(user));
        Assert.Equal("account-locked", refusal.GetProperty("code").GetString());
        // Who doesn't know the password learns nothing.
        refusal = await _gateway.Anyone().RefusedAsync(
            HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/login", new { email = user.Email, password = "not his password" });
        Assert.Equal("wrong-credentials", refusal.GetProperty("code").GetString());

        await UnlockAsync(admin, user);

        await _gateway.Anyone().PostForAsync("/api/auth/login", Login(user));
        await program.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
    }

    [Fact]
    public async Task A_sign_in_under_way_does_not_outrun_the_lock()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var user = await _gateway.NewUserAsync();
        await using var holder = await database.DataSource.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand("select from users where id = $1 for update", holder);
        hold.Parameters.Add(new() { Value = user.Id });
        await hold.ExecuteNonQueryAsync();
        var locking = admin.SendAsync(HttpMethod.Put, $"/api/admin/users/{user.Id}/lock", new { });
        await WaitingAsync(1);
        // His password was checked while the account was not locked yet.
        var entering = user.PostAsync("/api/auth/login", Login(user));
        await WaitingAsync(2);

        await held.CommitAsync();
        using var locked = await locking;
        using var entered = await entering;

        await Client.JsonOf(locked);
        await Client.ProblemOf(entered, HttpStatusCode.Unauthorized);
        Assert.Equal(0, await database.ValueAsync<long>(
            "select count(*) from refresh_tokens where user_id = $1 and revoked_at is null and used_at is null", user.Id));
    }

    [Fact]
    public async Task Nothing_new_is_traded_for_a_locked_account_and_its_sessions_run_on()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var user = await _gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        await admin.PutForAsync($"/api/admin/users/{user.Id}/trading-mode", new { mode = "reduce_only", reason = "Too much." });

        await LockAsync(admin, user);

        Assert.Equal(TradingMode.Paused, ModeOf(user.Id, session));
        Assert.Equal("STARTING", await database.ValueAsync<string>("select status from sessions where id = $1", session));
        var account = await UnlockAsync(admin, user);
        Assert.Equal("reduce_only", account.GetProperty("tradingMode").GetString());
        Assert.Equal(TradingMode.ReduceOnly, ModeOf(user.Id, session));
        Assert.Equal("Too much.", (await admin.GetAsync($"/api/admin/users/{user.Id}/trading-mode")).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_lock_takes_no_switch_back_that_an_admin_has_set_himself()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var (closing, paused, since) = (await _gateway.NewUserAsync(), await _gateway.NewUserAsync(), await _gateway.NewUserAsync());
        await SetAsync(closing, "flatten", null);
        await SetAsync(paused, "pause", "Call us.");

        foreach (var user in new[] { closing, paused, since })
        {
            await LockAsync(admin, user);
        }

        await SetAsync(since, "flatten", "Out of it.");
        Assert.Equal(TradingMode.Flatten, ModeOf(closing.Id, null));
        foreach (var (user, mode) in new[] { (closing, "flatten"), (paused, "pause"), (since, "flatten") })
        {
            Assert.Equal(mode, (await UnlockAsync(admin, user)).GetProperty("tradingMode").GetString());
        }

        Task<JsonElement> SetAsync(Client user, string mode, string? reason) =>
            admin.PutForAsync($"/api/admin/users/{user.Id}/trading-mode", new { mode, reason });
    }

    [Fact]
    public async Task An_admin_locks_neither_himself_nor_the_last_other()
    {
        var (ann, bob) = (await _gateway.NewAdminAsync(database), await _gateway.NewAdminAsync(database));
        Assert.Equal("own-account", await CodeAsync(ann, ann));
        await using var holder = await database.DataSource.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('risk-changes', 0))", holder);
        await hold.ExecuteNonQueryAsync();
        // Each locks the other, at once.
        Task<HttpResponseMessage>[] locks =
        [
            ann.SendAsync(HttpMethod.Put, $"/api/admin/users/{bob.Id}/lock", new { }),
            bob.SendAsync(HttpMethod.Put, $"/api/admin/users/{ann.Id}/lock", new { }),
        ];
        await WaitingAsync(2);

        await held.CommitAsync();
        var answers = await Task.WhenAll(locks);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
        var refusal = await Client.ProblemOf(answers.First(answer => !answer.IsSuccessStatusCode), HttpStatusCode.Conflict);
        Assert.Equal("last-admin", refusal.GetProperty("code").GetString());
        Assert.Equal(1, await database.ValueAsync<long>("select count(*) from users where role = 'admin' and locked_at is null"));
    }

    [Fact]
    public async Task A_forgotten_password_is_set_anew_by_a_link_that_works_once()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var user = await _gateway.NewUserAsync();
        var first = await LinkAsync(admin, user);
        var code = await LinkAsync(admin, user);
        Assert.False(await database.ValueAsync<bool>("select exists (select from password_links l where l::text like '%' || $1 || '%')", code));
        Assert.Equal(JsonValueKind.String, (await admin.GetAsync($"/api/admin/users/{user.Id}")).GetProperty("passwordLinkExpiresAt").ValueKind);
        // A link changes nothing until it is used.
        await user.GetAsync("/api/users/me");

        Assert.Equal("password-code-invalid", await RefusalAsync(first));
        var tooShort = await _gateway.Anyone().RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/api/auth/set-password", new { code, newPassword = "short" });
        Assert.Equal("invalid-request", tooShort.GetProperty("code").GetString());
        var signIn = await _gateway.Anyone().PostForAsync("/api/auth/set-password", new { code, newPassword = "another password" });

        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        Assert.Equal(user.Id, (await Using(signIn.GetProperty("accessToken").GetString()!).GetAsync("/api/users/me")).GetProperty("id").GetGuid());
        await _gateway.Anyone().PostForAsync("/api/auth/login", new { email = user.Email, password = "another password" });
        Assert.Equal("password-code-invalid", await RefusalAsync(code));
        await _gateway.Anyone().RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/login", Login(user));
    }

    [Theory]
    [InlineData("an hour")]
    [InlineData("a lock")]
    [InlineData("a new password")]
    public async Task A_link_counts_no_more_after(string what)
    {
        var admin = await _gateway.NewAdminAsync(database);
        var user = await _gateway.NewUserAsync();
        var code = await LinkAsync(admin, user);
        switch (what)
        {
            case "an hour":
                await database.ExecuteAsync("update password_links set created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour'");
                break;
            case "a lock":
                await LockAsync(admin, user);
                var refusal = await admin.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/admin/users/{user.Id}/password-link");
                Assert.Equal("account-locked", refusal.GetProperty("code").GetString());
                await UnlockAsync(admin, user);
                break;
            default:
                await user.PostForAsync("/api/auth/change-password", new { currentPassword = Client.Password, newPassword = "another password" });
                break;
        }

        Assert.Equal("password-code-invalid", await RefusalAsync(code));
    }

    [Fact]
    public async Task Nobody_resets_the_password_of_an_admin()
    {
        var (ann, bob) = (await _gateway.NewAdminAsync(database), await _gateway.NewAdminAsync(database));

        var refusal = await ann.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/admin/users/{bob.Id}/password-link");

        Assert.Equal("admins-password", refusal.GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_account_that_an_admin_opens_is_its_owners_once_he_has_set_a_password()
    {
        var admin = await _gateway.NewAdminAsync(database);

        using var answer = await admin.PostAsync("/api/admin/users", new { email = "Kim@Example.org", username = "kim" });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = await Client.JsonOf(answer);
        var user = made.GetProperty("user");
        Assert.Equal(user.GetRawText(), (await admin.GetAsync(new Uri(admin.Address, answer.Headers.Location!).PathAndQuery)).GetRawText());
        Assert.Equal(("kim@example.org", "user"), (user.GetProperty("email").GetString(), user.GetProperty("role").GetString()));
        var signIn = await _gateway.Anyone().PostForAsync(
            "/api/auth/set-password", new { code = made.GetProperty("link").GetProperty("code").GetString(), newPassword = "one of her own" });
        var portfolio = await Using(signIn.GetProperty("accessToken").GetString()!).GetAsync("/api/portfolio");
        Assert.Equal("100000", portfolio.GetProperty("cash").GetString());

        var taken = await admin.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/api/admin/users", new { email = "kim@example.org", username = "other" });
        Assert.Equal("email-taken", taken.GetProperty("code").GetString());
        taken = await admin.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/api/admin/users", new { email = "kim2@example.org", username = "kim" });
        Assert.Equal("username-taken", taken.GetProperty("code").GetString());
        await admin.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/admin/users", new { email = "kim", username = "kim" });
    }

    [Fact]
    public async Task An_admins_key_opens_no_accounts()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var user = await _gateway.NewUserAsync();
        var program = Using((await admin.PostForAsync("/api/users/me/api-keys", new { name = "a program" })).GetProperty("key").GetString()!);

        foreach (var (path, body) in new (string, object?)[]
        {
            ("/api/admin/users", new { email = "new@example.org", username = "new" }), ($"/api/admin/users/{user.Id}/password-link", null),
        })
        {
            var refusal = await program.RefusedAsync(HttpStatusCode.Forbidden, HttpMethod.Post, path, body);
            Assert.Equal("api-key-not-enough", refusal.GetProperty("code").GetString());
        }

        await LockAsync(program, user);
    }

    [Fact]
    public async Task What_was_done_to_an_account_is_written_down_once_and_for_good()
    {
        var admin = await _gateway.NewAdminAsync(database);
        var made = await admin.PostForAsync("/api/admin/users", new { email = "lee@example.org", username = "lee" });
        var lee = new Client(admin.Address) { Id = IdOf(made.GetProperty("user")), Email = "lee@example.org" };
        await LockAsync(admin, lee, "Who is this?");
        await LockAsync(admin, lee, "Who is this?");
        await UnlockAsync(admin, lee);
        await UnlockAsync(admin, lee);
        await _gateway.Anyone().PostForAsync("/api/auth/set-password", new { code = await LinkAsync(admin, lee), newPassword = "another password" });
        await LockAsync(admin, await _gateway.NewUserAsync());

        var changes = (await admin.GetAsync($"/api/admin/account-changes?userId={lee.Id}")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(
            ["password_set", "password_link_made", "user_unlocked", "user_locked", "user_added"],
            changes.Select(change => change.GetProperty("action").GetString()));
        Assert.Equal(
            [lee.Id, admin.Id, admin.Id, admin.Id, admin.Id], changes.Select(change => change.GetProperty("actorId").GetGuid()));
        Assert.Equal("Who is this?", changes[3].GetProperty("reason").GetString());
        Assert.All(changes, change => Assert.Equal("lee", change.GetProperty("userName").GetString()));
        var all = await admin.ListAsync("/api/admin/account-changes");
        Assert.Equal("user_locked", all[0].GetProperty("action").GetString());
        Assert.Equal(changes.Select(change => change.GetProperty("id").GetInt64()), all[1..6].Select(change => change.GetProperty("id").GetInt64()));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync("delete from account_changes"));
    }

    private TradingMode ModeOf(Guid userId, Guid? session) =>
        _gateway.Services.GetRequiredService<RiskDesk>().TermsFor(userId, session, "SPY", default).Mode;

    private Client Using(string token)
    {
        var client = _gateway.Anyone();
        client.SignIn(token);
        return client;
    }

    private async Task<string?> RefusalAsync(string code)
    {
        var refusal = await _gateway.Anyone().RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/api/auth/set-password", new { code, newPassword = "yet another password" });
        return refusal.GetProperty("code").GetString();
    }

    private Task WaitingAsync(int count) => Eventually.BecomesAsync(
        () => database.ValueAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"),
        waiting => waiting == count);

    private static async Task<string> LinkAsync(Client admin, Client user) =>
        (await admin.PostForAsync($"/api/admin/users/{user.Id}/password-link")).GetProperty("code").GetString()!;

    private static async Task<string?> CodeAsync(Client admin, Client user) =>
        (await admin.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"/api/admin/users/{user.Id}/lock", new { })).GetProperty("code").GetString();

    private static Task<JsonElement> LockAsync(Client admin, Client user, string? reason = null) =>
        admin.PutForAsync($"/api/admin/users/{user.Id}/lock", new { reason });

    private static async Task<JsonElement> UnlockAsync(Client admin, Client user)
    {
        using var answer = await admin.SendAsync(HttpMethod.Delete, $"/api/admin/users/{user.Id}/lock");
        return await Client.JsonOf(answer);
    }

    private static object Login(Client user) => new { email = user.Email, password = Client.Password };

    private static Guid IdOf(JsonElement user) => user.GetProperty("id").GetGuid();
}
