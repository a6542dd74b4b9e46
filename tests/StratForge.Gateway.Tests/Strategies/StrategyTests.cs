using System.Net;
using System.Text.Json;

namespace StratForge.Gateway.Tests.Strategies;

[Collection(OneGateway.Name)]
public sealed class StrategyTests(GatewayFixture fixture)
{
    [Fact]
    public async Task New_code_makes_a_new_version_and_a_new_name_does_not()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync(code: "one");

        var renamed = await ChangeAsync(user, id, new { name = "Better name", parameters = new { fast = 3 } });
        var rewritten = await ChangeAsync(user, id, new { code = "two" });
        var again = await ChangeAsync(user, id, new { code = "two" });
        var translated = await ChangeAsync(user, id, new { language = "csharp" });

        Assert.Equal([1, 2, 2, 3], new[] { renamed, rewritten, again, translated }.Select(s => s.GetProperty("version").GetInt32()));
        Assert.Equal(3, translated.GetProperty("parameters").GetProperty("fast").GetInt32());
        Assert.NotEqual(again.GetProperty("codeHash").GetString(), translated.GetProperty("codeHash").GetString());
        var versions = (await user.GetAsync($"/api/strategies/{id}/versions")).GetProperty("items");
        Assert.Equal([3, 2, 1], versions.EnumerateArray().Select(version => version.GetProperty("version").GetInt32()));
        Assert.Equal("one", (await user.GetAsync($"/api/strategies/{id}/versions/1")).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Templates_come_in_both_languages_with_their_code()
    {
        var user = await fixture.Gateway.NewUserAsync();

        var all = (await user.GetAsync("/api/strategies/templates")).EnumerateArray().ToArray();
        var python = (await user.GetAsync("/api/strategies/templates?language=python")).EnumerateArray().ToArray();

        Assert.Equal(16, all.Length);
        Assert.Equal(8, python.Select(template => template.GetProperty("id").GetString()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(all, template =>
        {
            Assert.Contains(template.GetProperty("language").GetString() == "python" ? "(Strategy):" : " : Strategy", template.GetProperty("code").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(template.GetProperty("name").GetString()!);
            Assert.NotEmpty(template.GetProperty("description").GetString()!);
        });
        await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/strategies/templates?language=cobol");
    }

    [Fact]
    public async Task A_save_over_a_version_its_author_has_not_seen_is_refused()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync();
        using var read = await user.SendAsync(HttpMethod.Get, $"/api/strategies/{id}");
        var seen = read.Headers.ETag!.ToString();

        using var first = await user.SendAsync(HttpMethod.Put, $"/api/strategies/{id}", new { code = "mine" }, ("If-Match", seen));
        using var second = await user.SendAsync(HttpMethod.Put, $"/api/strategies/{id}", new { code = "yours" }, ("If-Match", seen));
        using var nonsense = await user.SendAsync(HttpMethod.Put, $"/api/strategies/{id}", new { code = "yours" }, ("If-Match", "nonsense"));

        Assert.Equal("\"2.2\"", first.Headers.ETag!.ToString());
        Assert.Equal("strategy-changed", (await Client.ProblemOf(second, HttpStatusCode.PreconditionFailed)).GetProperty("code").GetString());
        await Client.ProblemOf(nonsense, HttpStatusCode.BadRequest);
        Assert.Equal("mine", (await user.GetAsync($"/api/strategies/{id}")).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("PUT", "")]
    [InlineData("PATCH", "/toggle")]
    [InlineData("POST", "/versions/1/restore")]
    [InlineData("DELETE", "")]
    public async Task Whoever_says_what_he_has_seen_changes_nothing_that_was_changed_since(string method, string path)
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync(code: "one");
        await ChangeAsync(user, id, new { code = "two" });
        using var read = await user.SendAsync(HttpMethod.Get, $"/api/strategies/{id}");
        var seen = read.Headers.ETag!.ToString();
        await ChangeAsync(user, id, new { parameters = new { fast = 3 } });

        using var late = await DoAsync(seen);
        using var nonsense = await DoAsync("\"2.\"");
        var kept = await user.GetAsync($"/api/strategies/{id}");
        using var sameCode = await DoAsync("\"2\"");

        Assert.Equal("strategy-changed", (await Client.ProblemOf(late, HttpStatusCode.PreconditionFailed)).GetProperty("code").GetString());
        await Client.ProblemOf(nonsense, HttpStatusCode.BadRequest);
        Assert.Equal(
            ("A strategy", 2, true, 3),
            (kept.GetProperty("name").GetString(), kept.GetProperty("version").GetInt32(), kept.GetProperty("enabled").GetBoolean(), kept.GetProperty("parameters").GetProperty("fast").GetInt32()));
        Assert.True(sameCode.IsSuccessStatusCode);

        Task<HttpResponseMessage> DoAsync(string tag) =>
            user.SendAsync(new HttpMethod(method), $"/api/strategies/{id}{path}", method == "PUT" ? new { name = "Other" } : null, ("If-Match", tag));
    }

    [Fact]
    public async Task A_user_has_two_hundred_strategies_at_most()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await fixture.Database.ExecuteAsync("""
            insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
            select gen_random_uuid(), $1, 's', 'python', 'SPY', 'c', 'h', now(), now() from generate_series(1, 199)
            """, user.Id);

        var last = await user.NewStrategyAsync();
        var refusal = await user.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/api/strategies", new { name = "One more", language = "python", symbol = "SPY", code = "c" });
        using var deleted = await user.SendAsync(HttpMethod.Delete, $"/api/strategies/{last}");
        await user.NewStrategyAsync();

        Assert.Equal("too-many-strategies", refusal.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Two_hundred_versions_are_kept_and_the_oldest_that_no_session_ran_make_room()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync(code: "one");
        var session = await user.NewSessionAsync(id);
        await user.PostForAsync($"/sessions/{session}/stop");
        await fixture.Database.ExecuteAsync("""
            insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at)
            select $1, n, 'python', 'code ' || n, 'hash ' || n, now() from generate_series(2, 200) as n
            """, id);
        await fixture.Database.ExecuteAsync("update strategies set version = 200, code_hash = 'hash 200' where id = $1", id);

        await ChangeAsync(user, id, new { code = "newest" });
        var restored = await user.PostForAsync($"/api/strategies/{id}/versions/1/restore");
        var kept = await VersionsAsync();
        var gone = await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "/sessions", new { strategyId = id, version = 2 });
        await fixture.Database.ExecuteAsync("""
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, ended_at)
            select gen_random_uuid(), $2, $1, version, 'SPY', 'stock', 'STOPPED', now(), now() from strategy_versions where strategy_id = $1
            """, id, user.Id);
        var full = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"/api/strategies/{id}", new { code = "one more" });

        Assert.Equal(202, restored.GetProperty("version").GetInt32());
        Assert.Equal([1, .. Enumerable.Range(4, 199)], kept);
        Assert.Equal("unknown-strategy-version", gone.GetProperty("code").GetString());
        Assert.Equal("too-many-versions", full.GetProperty("code").GetString());
        Assert.Equal(202, (await user.GetAsync($"/api/strategies/{id}")).GetProperty("version").GetInt32());

        async Task<IEnumerable<int>> VersionsAsync() =>
            (await user.ListAsync($"/api/strategies/{id}/versions", pageSize: 100)).Select(version => version.GetProperty("version").GetInt32()).Reverse();
    }

    [Fact]
    public async Task Of_a_deleted_strategy_only_what_sessions_ran_is_kept()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync(code: "one");
        var session = await user.NewSessionAsync(id);
        await user.PostForAsync($"/sessions/{session}/stop");
        await ChangeAsync(user, id, new { code = "two" });

        using var deleted = await user.SendAsync(HttpMethod.Delete, $"/api/strategies/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(
            "one", await fixture.Database.ValueAsync<string>("select string_agg(code, ',') from strategy_versions where strategy_id = $1", id));
        Assert.Equal("", await fixture.Database.ValueAsync<string>("select code from strategies where id = $1", id));
    }

    [Fact]
    public async Task Python_code_may_be_sent_and_is_shown_under_its_older_name()
    {
        var user = await fixture.Gateway.NewUserAsync();

        var strategy = await user.PostForAsync("/api/strategies", new { name = "Old client", symbol = "SPY", python_code = "pass" });

        Assert.Equal("python", strategy.GetProperty("language").GetString());
        Assert.Equal("pass", strategy.GetProperty("code").GetString());
        Assert.Equal("pass", strategy.GetProperty("python_code").GetString());
    }

    [Fact]
    public async Task A_strategy_with_a_running_session_stays_and_goes_once_that_has_ended()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync();
        var session = await user.NewSessionAsync(id);

        var refusal = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Delete, $"/api/strategies/{id}");
        await user.PostForAsync($"/sessions/{session}/stop");
        using var deleted = await user.SendAsync(HttpMethod.Delete, $"/api/strategies/{id}");

        Assert.Equal("strategy-running", refusal.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/strategies/{id}");
        Assert.Empty((await user.GetAsync("/api/strategies")).GetProperty("items").EnumerateArray());
        Assert.Equal("A strategy", (await user.GetAsync($"/sessions/{session}")).GetProperty("strategyName").GetString());
    }

    [Fact]
    public async Task A_strategy_that_is_switched_off_starts_no_session()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync();

        using var off = await user.SendAsync(HttpMethod.Patch, $"/api/strategies/{id}/toggle");
        var refusal = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/strategies/{id}/start");
        using var on = await user.SendAsync(HttpMethod.Patch, $"/api/strategies/{id}/toggle", new { enabled = true });
        await user.PostForAsync($"/api/strategies/{id}/start");
        var stopped = await user.PostForAsync($"/api/strategies/{id}/stop");

        Assert.False((await Client.JsonOf(off)).GetProperty("enabled").GetBoolean());
        Assert.Equal("strategy-disabled", refusal.GetProperty("code").GetString());
        Assert.Single(stopped.GetProperty("sessionIds").EnumerateArray());
    }

    [Fact]
    public async Task A_list_read_page_by_page_holds_each_strategy_once_newest_first()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await user.NewStrategyAsync());
        }

        var listed = await user.ListAsync("/api/strategies");

        ids.Reverse();
        Assert.Equal(ids, listed.Select(strategy => strategy.GetProperty("id").GetGuid()));
        Assert.DoesNotContain(listed, strategy => strategy.TryGetProperty("code", out _));
    }

    [Theory]
    [InlineData("""{"name":"","symbol":"spy","language":"cobol","code":" ","parameters":[1]}""", "code,language,name,parameters,symbol")]
    [InlineData("""{"name":"x","symbol":"SPY","code":"x"}""", "language")]
    [InlineData("""{"name":"x","symbol":"SPY","language":"csharp","python_code":"x"}""", "python_code")]
    [InlineData("""{"name":"x","symbol":"SPY","language":"python","python_code":"x","code":"y"}""", "python_code")]
    [InlineData("""{"name":5,"symbol":"SPY","language":"python","code":"y"}""", "name")]
    [InlineData("""{"name":"a\u0000b","symbol":"SPY","language":"python","code":"y\u0000"}""", "code,name")]
    [InlineData("""{"name":"x","symbol":"SPY","language":"python","code":"y","parameters":{"a":"\u0000"}}""", "parameters")]
    [InlineData("""{"name":"x","symbol":"SPY","language":"python","code":"y","parameters":{"a":[1e131071]}}""", "parameters")]
    public async Task A_strategy_that_makes_no_sense_is_refused_field_by_field(string body, string fields)
    {
        var user = await fixture.Gateway.NewUserAsync();

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/api/strategies", JsonElement.Parse(body));

        Assert.Equal(fields, string.Join(',', problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)));
    }

    private static async Task<JsonElement> ChangeAsync(Client user, Guid id, object change)
    {
        using var response = await user.SendAsync(HttpMethod.Put, $"/api/strategies/{id}", change);
        return await Client.JsonOf(response);
    }

    [Fact]
    public async Task An_old_version_can_be_started_and_brought_back_as_a_new_one()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var id = await user.NewStrategyAsync(code: "class First(Strategy): pass");
        await user.PutForAsync($"/api/strategies/{id}", new { code = "class Second(Strategy): pass" });

        var old = (await user.PostForAsync($"/api/strategies/{id}/start", new { version = 1, mode = "OBSERVE", stopPolicy = "flatten" }))
            .GetProperty("data").GetProperty("session");
        var restored = await user.PostForAsync($"/api/strategies/{id}/versions/1/restore");
        var again = await user.PostForAsync($"/api/strategies/{id}/versions/1/restore");
        var versions = await user.ListAsync($"/api/strategies/{id}/versions");

        Assert.Equal((1, "OBSERVE", "flatten"), (old.GetProperty("strategyVersion").GetInt32(), old.GetProperty("mode").GetString(), old.GetProperty("stopPolicy").GetString()));
        Assert.Equal((3, "class First(Strategy): pass"), (restored.GetProperty("version").GetInt32(), restored.GetProperty("code").GetString()));
        Assert.Equal(3, again.GetProperty("version").GetInt32());
        Assert.Equal([3, 2, 1], versions.Select(version => version.GetProperty("version").GetInt32()));
        Assert.Equal(1, versions[0].GetProperty("restoredFrom").GetInt32());
        Assert.Equal([0, 0, 1], versions.Select(version => version.GetProperty("runningSessions").GetInt32()));
        Assert.Equal(old.GetProperty("codeHash").GetString(), versions[2].GetProperty("codeHash").GetString());
        Assert.Equal(versions[0].GetProperty("codeHash").GetString(), versions[2].GetProperty("codeHash").GetString());
        await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"/api/strategies/{id}/versions/9/restore");
        var unknown = await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"/api/strategies/{id}/start", new { version = 9 });
        Assert.Equal("unknown-strategy-version", unknown.GetProperty("code").GetString());
    }
}
