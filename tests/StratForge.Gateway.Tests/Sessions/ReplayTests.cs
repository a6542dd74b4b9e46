using System.Net;

namespace StratForge.Gateway.Tests.Sessions;

[Collection(OneGateway.Name)]
public sealed class ReplayTests(GatewayFixture fixture)
{
    private RunningGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task A_replay_is_asked_for_looked_at_and_given_up_by_its_owner_alone()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());

        var asked = await user.PostForAsync($"/api/sessions/{session}/replay");
        var path = $"/api/sessions/{session}/replays/{asked.GetProperty("id").GetGuid()}";
        Assert.Equal("QUEUED", asked.GetProperty("status").GetString());
        Assert.Equal(session, asked.GetProperty("sessionId").GetGuid());

        var stranger = await Gateway.NewUserAsync();
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, path);
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, path);
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"/api/sessions/{session}/replay");
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/sessions/{session}/replays");

        using var canceled = await user.SendAsync(HttpMethod.Delete, path);
        Assert.Equal("CANCELED", (await Client.JsonOf(canceled)).GetProperty("status").GetString());
        Assert.Equal("CANCELED", (await user.GetAsync(path)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_replay_shows_its_result_and_the_session_its_run_hash()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        var hash = new string('a', 64);
        await fixture.Database.ExecuteAsync("update sessions set run_hash = $2 where id = $1", session, hash);
        var asked = await user.PostForAsync($"/sessions/{session}/replay");
        await fixture.Database.ExecuteAsync("""
            update worker_jobs
            set status = 'COMPLETED', ended_at = now(), progress = 1,
                result = '{"identical":false,"firstDifference":{"event":"bar 17","at":"2013-10-04T13:47:00Z","field":"close","expected":"169.1","got":"169.2"},
                           "throughSeq":20,"bars":16,"orderEvents":0,"signals":1,"fills":0,"postings":0,"correctedBars":0}'
            where id = $1
            """, asked.GetProperty("id").GetGuid());

        var replay = Assert.Single(await user.ListAsync($"/sessions/{session}/replays"));

        Assert.Equal("COMPLETED", replay.GetProperty("status").GetString());
        var difference = replay.GetProperty("result").GetProperty("firstDifference");
        Assert.Equal(("bar 17", "close"), (difference.GetProperty("event").GetString(), difference.GetProperty("field").GetString()));
        Assert.Equal(hash, (await user.GetAsync($"/sessions/{session}")).GetProperty("runHash").GetString());
    }

    [Fact]
    public async Task Three_replays_of_a_user_are_open_at_most()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        for (var i = 0; i < 3; i++)
        {
            await user.PostForAsync($"/api/sessions/{session}/replay");
        }

        var problem = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"/api/sessions/{session}/replay");

        Assert.Equal("too-many-replays", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_session_whose_tape_is_no_longer_kept_says_so_and_since_when()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        var before = await user.PostForAsync($"/api/sessions/{session}/replay");
        await fixture.Database.ExecuteAsync("""
            update sessions
            set status = 'STOPPED', ended_at = '2026-01-01', logs_gone_at = '2026-04-01T10:00:00Z', tape_gone_at = '2026-07-01T10:30:00Z'
            where id = $1
            """, session);

        var problem = await user.RefusedAsync(HttpStatusCode.Gone, HttpMethod.Post, $"/api/sessions/{session}/replay");
        var shown = await user.GetAsync($"/api/sessions/{session}");

        Assert.Equal("tape-gone", problem.GetProperty("code").GetString());
        Assert.Contains("2026-07-01 10:30 UTC", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 10, 30, 0, TimeSpan.Zero), shown.GetProperty("tapeGoneAt").GetDateTimeOffset());
        Assert.Equal(new DateTimeOffset(2026, 4, 1, 10, 0, 0, TimeSpan.Zero), shown.GetProperty("logsGoneAt").GetDateTimeOffset());
        Assert.Empty((await user.GetAsync($"/api/sessions/{session}/logs")).GetProperty("items").EnumerateArray());
        Assert.Equal(before.GetProperty("id").GetGuid(), Assert.Single(await user.ListAsync($"/api/sessions/{session}/replays")).GetProperty("id").GetGuid());
    }
}
