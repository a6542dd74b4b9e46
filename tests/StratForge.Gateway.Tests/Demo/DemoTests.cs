using StratForge.Testing;

namespace StratForge.Gateway.Tests.Demo;

public sealed class DemoTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    private const string Sessions = "select count(*) from sessions s join users u on u.id = s.user_id where u.email = 'demo@stratforge.local'";

    [Fact]
    public async Task Gateways_that_start_together_make_one_demo_user_whose_four_sessions_are_left_as_he_leaves_them()
    {
        string[] settings = ["Demo:Enabled=true", "Demo:Password=shown to the test"];
        await using (var first = await RunningGateway.StartAsync(database, redis, settings))
        await using (var second = await RunningGateway.StartAsync(database, redis, settings))
        {
            await Eventually.BecomesAsync(() => database.ValueAsync<long>(Sessions), count => count == 4);
            var demo = first.Anyone();
            var signIn = await demo.PostForAsync("/api/auth/login", new { email = "demo@stratforge.local", password = "shown to the test" });
            demo.SignIn(signIn.GetProperty("accessToken").GetString()!);

            var sessions = (await demo.GetAsync("/sessions")).GetProperty("items").EnumerateArray().ToArray();
            Assert.Equal(
                ["csharp BTC/USD", "csharp SPY", "python BTC/USD", "python SPY"],
                sessions.Select(s => $"{s.GetProperty("language").GetString()} {s.GetProperty("symbol").GetString()}").Order(StringComparer.Ordinal));

            await demo.PostForAsync($"/sessions/{sessions[0].GetProperty("id").GetGuid()}/stop");
        }

        await using (var later = await RunningGateway.StartAsync(database, redis, settings))
        {
            // The demo is looked after under this lock; once it was free again, it has been.
            await using var turn = database.DataSource.CreateCommand("select pg_advisory_lock(hashtextextended('demo-account', 0)), pg_advisory_unlock(hashtextextended('demo-account', 0))");
            await turn.ExecuteNonQueryAsync();
            Assert.Equal(4, await database.ValueAsync<long>(Sessions));
            Assert.Equal(1, await database.ValueAsync<long>("select count(*) from sessions where status = 'STOPPED'"));
        }
    }
}
