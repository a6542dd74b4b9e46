using Microsoft.Extensions.Options;

namespace StratForge.Worker.Tests.Hosts;

/// <summary>Whole workers on kernels that have less than ours, and on one where there is no cage.</summary>
public sealed class CageModesTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    private const string Buys = """
        from stratforge import Strategy

        class Buys(Strategy):
            def on_bar(self, bar):
                return self.buy(1)
        """;

    private static readonly (string, string) Development = ("environment", "Development");
    private static readonly (string, string) NoSeccomp = ("Cage:Seccomp", "false");
    private static readonly (string, string) Switch = ("STRATFORGE_UNSAFE_NO_SANDBOX", "1");

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_mode_is_known_before_the_first_session()
    {
        await using var worker = await RunningWorker.StartAsync(platform);

        var health = await worker.HealthAsync();

        Assert.Contains("\"mode\":\"full\"", health, StringComparison.Ordinal);
        Assert.Contains("\"csharp\":\"caged\",\"python\":\"caged\"", health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Landlock_sessions_run_caged_by_system_calls_alone()
    {
        await using var worker = await RunningWorker.StartAsync(platform, Development, ("Cage:Landlock", "0"));

        await TradesAsync();

        Assert.Contains("\"mode\":\"seccomp-only\"", await worker.HealthAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_cage_can_be_built_no_session_runs()
    {
        await using var worker = await RunningWorker.StartAsync(platform, Development, NoSeccomp);
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);

        var session = await platform.StartSessionAsync(symbol, "python", Buys);

        await platform.StatusBecomesAsync(session, "FAILED");
        Assert.StartsWith("SANDBOX_UNAVAILABLE: This kernel does not filter system calls", await platform.FailureAsync(session), StringComparison.Ordinal);
        var health = await worker.HealthAsync();
        Assert.Contains("\"mode\":\"refuse\"", health, StringComparison.Ordinal);
        Assert.Contains("No strategy runs here", health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_cage_can_be_built_the_switch_runs_sessions_and_every_one_says_so()
    {
        await using var worker = await RunningWorker.StartAsync(platform, Development, NoSeccomp, Switch);

        var session = await TradesAsync();

        await Platform.EventuallyAsync(
            async () => await platform.Database.ValueAsync<long>(
                "select count(*) from session_logs where session_id = $1 and level = 'warning' and message like '%WITHOUT A CAGE%'", session) == 1,
            () => Task.FromResult("the session does not say that it has no cage"));
        var health = await worker.HealthAsync();
        Assert.Contains("\"mode\":\"none\"", health, StringComparison.Ordinal);
        Assert.Contains("WITHOUT A CAGE", health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_switch_takes_no_cage_away()
    {
        await using var worker = await RunningWorker.StartAsync(platform, Development, Switch);

        await TradesAsync();

        Assert.Contains("\"mode\":\"full\"", await worker.HealthAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STRATFORGE_UNSAFE_NO_SANDBOX", "1", "environment is Production")]
    [InlineData("Cage:Landlock", "3", "unset them in Production")]
    [InlineData("Cage:Seccomp", "false", "unset them in Production")]
    public async Task In_production_a_worker_with_a_weaker_cage_does_not_start(string name, string value, string why)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(
            () => RunningWorker.StartAsync(platform, ("environment", "Production"), (name, value)));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private async Task<Guid> TradesAsync()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        var session = await platform.StartSessionAsync(symbol, "python", Buys);
        await platform.StatusBecomesAsync(session, "RUNNING");
        await platform.BarsAsync(symbol, 2, 2);
        Assert.Single(await platform.SignalsAsync(session, 1));
        return session;
    }
}
