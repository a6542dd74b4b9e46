using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Tests.Streams;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Identity;

public sealed class ApiKeyTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync(database, redis, "Streams:SignInsEvery=00:00:00.2");
        await StreamHouse.ListensAsync(_gateway);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_key_opens_what_its_owner_may_until_it_is_revoked()
    {
        var user = await _gateway.NewUserAsync();
        var (program, id, key) = await NewKeyAsync(user);
        await using var stream = await StreamVisitor.ConnectAsync(program, "/live");
        using var events = await program.Http.GetAsync("/api/stream/live?channels=orders", HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(user.Id, (await program.GetAsync("/api/users/me")).GetProperty("id").GetGuid());
        Assert.Equal(HttpStatusCode.OK, events.StatusCode);
        Assert.StartsWith("sf_", key, StringComparison.Ordinal);

        using var revoked = await user.SendAsync(HttpMethod.Delete, $"/api/users/me/api-keys/{id}");

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await program.RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
        Assert.Equal(4401, await stream.ClosedAsync());
        Assert.Empty(await ListAsync(user));
        await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"/api/users/me/api-keys/{id}");
    }

    [Fact]
    public async Task A_key_is_shown_once_and_known_afterwards_by_its_beginning_and_its_last_use()
    {
        var user = await _gateway.NewUserAsync();
        var (program, id, key) = await NewKeyAsync(user);
        Assert.Equal(JsonValueKind.Null, Assert.Single(await ListAsync(user)).GetProperty("lastUsedAt").ValueKind);

        await program.GetAsync("/api/users/me");

        var listed = Assert.Single(await ListAsync(user));
        Assert.Equal((id, key[..11]), (listed.GetProperty("id").GetGuid(), listed.GetProperty("prefix").GetString()));
        Assert.Equal(JsonValueKind.String, listed.GetProperty("lastUsedAt").ValueKind);
        Assert.DoesNotContain(key, listed.GetRawText(), StringComparison.Ordinal);
        Assert.False(await database.ValueAsync<bool>("select exists (select from api_keys k where k::text like '%' || $1 || '%')", key[11..]));
    }

    [Fact]
    public async Task A_new_key_has_an_address_of_its_own_until_it_is_revoked()
    {
        var (user, other) = (await _gateway.NewUserAsync(), await _gateway.NewUserAsync());

        using var made = await user.PostAsync("/api/users/me/api-keys", new { name = "a program" });

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var path = made.Headers.Location!.OriginalString;
        var found = await user.GetAsync(new Uri(user.Address, path).PathAndQuery);
        Assert.Equal((await Client.JsonOf(made)).GetProperty("apiKey").GetRawText(), found.GetRawText());
        await other.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, new Uri(user.Address, path).PathAndQuery);
        (await user.SendAsync(HttpMethod.Delete, new Uri(user.Address, path).PathAndQuery)).Dispose();
        await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, new Uri(user.Address, path).PathAndQuery);
    }

    [Fact]
    public async Task A_key_in_the_first_message_of_a_stream_is_as_good_as_one_in_the_header_until_it_is_revoked()
    {
        var user = await _gateway.NewUserAsync();
        var (_, id, key) = await NewKeyAsync(user);
        await using var stream = await StreamVisitor.ConnectAsync(_gateway.Address, "/live");
        await stream.SayAsync(new { action = "auth", token = key });
        Assert.Equal(user.Id, (await stream.NextAsync("welcome")).GetProperty("userId").GetGuid());
        Assert.Equal("orders", (await stream.SubscribeAsync(["orders"])).GetProperty("channels")[0].GetString());

        (await user.SendAsync(HttpMethod.Delete, $"/api/users/me/api-keys/{id}")).Dispose();

        Assert.Equal(4401, await stream.ClosedAsync());
        await using var late = await StreamVisitor.ConnectAsync(_gateway.Address, "/live");
        await late.SayAsync(new { action = "auth", token = key });
        Assert.Equal("invalid-token", (await late.NextAsync("error")).GetProperty("code").GetString());
        Assert.Equal(4401, await late.ClosedAsync());
    }

    [Fact]
    public async Task The_use_of_a_key_is_written_once_a_minute_at_most()
    {
        var clock = new ManualClock();
        var user = await _gateway.NewUserAsync();
        var (_, id, key) = await NewKeyAsync(user);
        await UseAsync();
        var first = await UsedAtAsync();

        clock.Advance(TimeSpan.FromSeconds(59));
        await UseAsync();
        Assert.Equal(first, await UsedAtAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        await UseAsync();
        Assert.Equal(first + TimeSpan.FromMinutes(1), await UsedAtAsync());

        // Each time as a gateway that has not seen it before.
        async Task UseAsync()
        {
            using var keys = new ApiKeys(database.DataSource, _gateway.Services.GetRequiredService<SignIns>(), clock);
            Assert.Equal(user.Id, (await keys.FindAsync(key, CancellationToken.None))?.UserId);
        }

        Task<DateTime> UsedAtAsync() => database.ValueAsync<DateTime>("select last_used_at from api_keys where id = $1", id);
    }

    [Theory]
    [InlineData("GET", "/api/users/me/api-keys", null)]
    [InlineData("POST", "/api/users/me/api-keys", """{"name":"another"}""")]
    [InlineData("DELETE", "/api/users/me/api-keys/00000000-0000-0000-0000-000000000001", null)]
    [InlineData("GET", "/api/users/me/sign-ins", null)]
    [InlineData("DELETE", "/api/users/me/sign-ins/00000000-0000-0000-0000-000000000001", null)]
    [InlineData("POST", "/api/auth/change-password", """{"currentPassword":"correct horse battery","newPassword":"another password"}""")]
    public async Task A_key_gives_no_other_changes_no_password_and_ends_no_sign_in(string method, string path, string? body)
    {
        var (program, _, _) = await NewKeyAsync(await _gateway.NewUserAsync());

        var problem = await program.RefusedAsync(
            HttpStatusCode.Forbidden, new HttpMethod(method), path, body is null ? null : JsonElement.Parse(body));

        Assert.Equal("api-key-not-enough", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_new_password_revokes_the_keys()
    {
        var user = await _gateway.NewUserAsync();
        var (_, _, key) = await NewKeyAsync(user);

        await user.PostForAsync("/api/auth/change-password", new { currentPassword = Client.Password, newPassword = "another password" });

        await Using(key).RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");
    }

    [Fact]
    public async Task A_key_asked_for_with_a_sign_in_that_ends_meanwhile_is_not_made()
    {
        var user = await _gateway.NewUserAsync();
        await using var holder = await database.DataSource.OpenConnectionAsync();
        await using var change = await holder.BeginTransactionAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            "with held as (select id from users where id = $1 for update) update refresh_tokens set revoked_at = now() from held where user_id = held.id", holder);
        command.Parameters.Add(new() { Value = user.Id });
        await command.ExecuteNonQueryAsync();
        var asking = user.PostAsync("/api/users/me/api-keys", new { name = "too late" });
        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"),
            waiting => waiting == 1);

        await change.CommitAsync();
        using var asked = await asking;

        await Client.ProblemOf(asked, HttpStatusCode.Unauthorized);
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from api_keys where user_id = $1", user.Id));
    }

    [Fact]
    public async Task Nobody_has_more_keys_than_he_can_keep_an_eye_on_and_revoked_ones_are_deleted_after_a_while()
    {
        var user = await _gateway.NewUserAsync();
        for (var i = 0; i < ApiKeys.MostPerUser; i++)
        {
            await NewKeyAsync(user);
        }

        var refusal = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/api/users/me/api-keys", new { name = "one more" });
        Assert.Equal("too-many-api-keys", refusal.GetProperty("code").GetString());
        (await user.SendAsync(HttpMethod.Delete, $"/api/users/me/api-keys/{(await ListAsync(user))[0].GetProperty("id").GetGuid()}")).Dispose();
        await NewKeyAsync(user);

        await database.ExecuteAsync("update api_keys set revoked_at = revoked_at - interval '8 days' where user_id = $1", user.Id);
        await _gateway.Services.GetRequiredService<SignIns>().TidyAsync(CancellationToken.None);
        Assert.Equal(ApiKeys.MostPerUser, await database.ValueAsync<long>("select count(*) from api_keys where user_id = $1", user.Id));
    }

    [Theory]
    [InlineData("sf_")]
    [InlineData("sf_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_key_that_was_never_made_opens_nothing(string key) =>
        await Using(key).RefusedAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/users/me");

    private async Task<(Client Program, Guid Id, string Key)> NewKeyAsync(Client user)
    {
        var made = await user.PostForAsync("/api/users/me/api-keys", new { name = "a program" });
        var key = made.GetProperty("key").GetString()!;
        return (Using(key), made.GetProperty("apiKey").GetProperty("id").GetGuid(), key);
    }

    private Client Using(string key)
    {
        var program = _gateway.Anyone();
        program.SignIn(key);
        return program;
    }

    private static async Task<List<JsonElement>> ListAsync(Client user) =>
        [.. (await user.GetAsync("/api/users/me/api-keys")).GetProperty("items").EnumerateArray()];
}
