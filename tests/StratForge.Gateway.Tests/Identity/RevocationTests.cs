using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StratForge.Gateway.Identity;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Identity;

/// <summary>What ends sign-ins can't be outrun. Requests are held up in the database, one after the other, and then let go.</summary>
public sealed class RevocationTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync(database, redis);

        // Whoever holds this lock holds up everything that has come as far as adding a token.
        await database.ExecuteAsync("""
            create or replace function wait_at_gate() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(1); return new; end';
            create or replace trigger gate before insert on refresh_tokens for each row execute function wait_at_gate();
            """);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("logout")]
    [InlineData("change-password")]
    [InlineData("refresh")]
    public async Task A_refresh_under_way_does_not_outlive_what_ends_its_sign_in(string end)
    {
        var user = await _gateway.NewUserAsync();
        var used = await SignInAsync(user);
        var current = await user.PostForAsync("/api/auth/refresh", new { refreshToken = TokenOf(used) });
        user.SignIn(current.GetProperty("accessToken").GetString()!);
        await user.GetAsync("/api/users/me");
        object body = end switch
        {
            "change-password" => new { currentPassword = Client.Password, newPassword = "another password" },
            // Used before: its whole family ends.
            "refresh" => new { refreshToken = TokenOf(used) },
            _ => new { refreshToken = TokenOf(current) },
        };
        var ender = end == "change-password" ? user : _gateway.Anyone();
        await using var holder = await HoldAsync("select pg_advisory_xact_lock(1)");
        var refresh = user.PostAsync("/api/auth/refresh", new { refreshToken = TokenOf(current) });
        await WaitingAsync(1);
        var ending = ender.PostAsync($"/api/auth/{end}", body);
        await WaitingAsync(2);

        await holder.CommitAsync();
        using var refreshed = await refresh;
        using var ended = await ending;

        var next = await Client.JsonOf(refreshed);
        Assert.Equal(end == "refresh" ? HttpStatusCode.Unauthorized : end == "logout" ? HttpStatusCode.NoContent : HttpStatusCode.OK, ended.StatusCode);
        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", new { refreshToken = TokenOf(next) });
        user.SignIn(next.GetProperty("accessToken").GetString()!);
        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
    }

    [Theory]
    [InlineData("login", HttpStatusCode.Unauthorized)]
    [InlineData("change-password", HttpStatusCode.Forbidden)]
    public async Task A_password_that_was_changed_since_it_was_checked_opens_nothing(string door, HttpStatusCode refusal)
    {
        var user = await _gateway.NewUserAsync();
        object body = door == "login"
            ? new { email = user.Email, password = Client.Password }
            : new { currentPassword = Client.Password, newPassword = "another password" };
        await using var holder = await HoldAsync("select from users where id = $1 for update", user.Id);
        var entering = user.PostAsync($"/api/auth/{door}", body);
        await WaitingAsync(1);
        await holder.ExecuteAsync("update users set password_hash = 'another' where id = $1", user.Id);

        await holder.CommitAsync();
        using var entered = await entering;

        await Client.ProblemOf(entered, refusal);
        Assert.Equal("another", await database.ValueAsync<string>("select password_hash from users where id = $1", user.Id));
    }

    [Fact]
    public async Task A_new_password_ends_every_sign_in_of_this_gateway_at_once()
    {
        var user = await _gateway.NewUserAsync();
        var other = _gateway.Anyone();
        other.SignIn((await SignInAsync(user)).GetProperty("accessToken").GetString()!);
        await other.GetAsync("/api/users/me");

        await user.PostForAsync("/api/auth/change-password", new { currentPassword = Client.Password, newPassword = "another password" });

        await other.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
    }

    [Fact]
    public async Task A_user_sees_his_sign_ins_and_ends_those_he_does_not_know()
    {
        var (user, other) = (await _gateway.NewUserAsync(), await _gateway.NewUserAsync());
        var before = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);
        var second = await SignInAsync(user);
        var third = await SignInAsync(user);
        await user.PostForAsync("/api/auth/refresh", new { refreshToken = TokenOf(second) });
        var known = _gateway.Anyone();
        known.SignIn(second.GetProperty("accessToken").GetString()!);
        var unknown = _gateway.Anyone();
        unknown.SignIn(third.GetProperty("accessToken").GetString()!);
        await unknown.GetAsync("/api/users/me");

        var signIns = await known.ListAsync("/api/users/me/sign-ins");

        Assert.Equal([false, true, false], signIns.Select(signIn => signIn.GetProperty("isCurrent").GetBoolean()));
        Assert.All(signIns[..2], signIn => Assert.InRange(signIn.GetProperty("beganAt").GetDateTimeOffset(), before, TimeProvider.System.GetUtcNow()));
        Assert.True(signIns[1].GetProperty("refreshedAt").GetDateTimeOffset() > signIns[0].GetProperty("beganAt").GetDateTimeOffset());
        var path = $"/api/users/me/sign-ins/{signIns[0].GetProperty("id").GetGuid()}";
        await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, path);
        using var ended = await known.SendAsync(HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await unknown.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        await user.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/auth/refresh", new { refreshToken = TokenOf(third) });
        await known.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, path);
        Assert.Equal(2, (await known.ListAsync("/api/users/me/sign-ins")).Count);
    }

    [Fact]
    public async Task What_is_left_of_sign_ins_is_deleted_after_a_while()
    {
        var user = await _gateway.NewUserAsync();
        var signIns = _gateway.Services.GetRequiredService<SignIns>();
        var first = await SignInAsync(user);
        var living = await user.PostForAsync("/api/auth/refresh", new { refreshToken = TokenOf(first) });
        await signIns.TidyAsync(CancellationToken.None);
        Assert.Equal(3, await CountAsync(user));

        await database.ExecuteAsync("update refresh_tokens set used_at = used_at - interval '8 days' where user_id = $1", user.Id);
        await signIns.TidyAsync(CancellationToken.None);
        Assert.Equal(2, await CountAsync(user));
        user.SignIn(living.GetProperty("accessToken").GetString()!);
        await user.PostForAsync("/api/auth/logout");
        await database.ExecuteAsync("update refresh_tokens set revoked_at = revoked_at - interval '8 days' where user_id = $1", user.Id);
        await signIns.TidyAsync(CancellationToken.None);
        Assert.Equal(1, await CountAsync(user));
        await database.ExecuteAsync("update refresh_tokens set expires_at = now() - interval '1 second' where user_id = $1", user.Id);
        await signIns.TidyAsync(CancellationToken.None);
        Assert.Equal(0, await CountAsync(user));
    }

    private Task<long> CountAsync(Client user) => database.ValueAsync<long>("select count(*) from refresh_tokens where user_id = $1", user.Id);

    private static Task<JsonElement> SignInAsync(Client user) =>
        user.PostForAsync("/api/auth/login", new { email = user.Email, password = Client.Password });

    private static string? TokenOf(JsonElement signIn) => signIn.GetProperty("refreshToken").GetString();

    private Task WaitingAsync(int count) => Eventually.BecomesAsync(
        () => database.ValueAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"),
        waiting => waiting == count);

    private async Task<Holder> HoldAsync(string sql, params Guid[] values)
    {
        var holder = new Holder(await database.DataSource.OpenConnectionAsync());
        await holder.ExecuteAsync("begin");
        await holder.ExecuteAsync(sql, values);
        return holder;
    }

    private sealed class Holder(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async Task ExecuteAsync(string sql, params Guid[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values)
            {
                command.Parameters.Add(new() { Value = value });
            }

            await command.ExecuteNonQueryAsync();
        }

        public Task CommitAsync() => ExecuteAsync("commit");

        public async ValueTask DisposeAsync() => await connection.DisposeAsync();
    }
}
