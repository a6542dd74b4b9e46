using Npgsql;
using StratForge.Worker.Jobs;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Sessions;

/// <summary>Who counts as alive: what decides whether sessions are taken from a worker.</summary>
public sealed class LiveWorkersTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    public Task InitializeAsync() => platform.Database.ExecuteAsync("delete from workers");

    public Task DisposeAsync() => platform.Database.ExecuteAsync("delete from workers");

    [Theory]
    [InlineData(0.5, 9.5, false, true)]
    [InlineData(5, 5, false, false)]
    [InlineData(5, 5, true, true)]
    [InlineData(11, -1, true, false)]
    public async Task A_worker_is_alive_while_its_lease_lasts_and_it_was_just_seen_or_its_lock_is_held(
        double seenAgo, double leaseFor, bool locked, bool alive)
    {
        await using var connection = new NpgsqlConnection(platform.Database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        if (locked)
        {
            await using var command = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('worker:one', 0))", connection);
            await command.ExecuteNonQueryAsync();
        }

        await SeenAsync(seenAgo, leaseFor);

        Assert.Equal(alive, await platform.Database.ValueAsync<bool>("select exists (select from live_workers where id = 'one')"));
    }

    [Fact]
    public async Task Who_is_not_seen_as_alive_claims_no_session()
    {
        await platform.ForgetSessionsAsync();
        var session = await platform.StartSessionAsync(platform.NewSymbol(), "python", "");
        var leases = new LeaseStore(platform.Database.DataSource);
        Assert.Empty(await leases.ClaimAsync("one", 10, CancellationToken.None));

        await SeenAsync(0, 10);
        var claim = Assert.Single(await leases.ClaimAsync("one", 10, CancellationToken.None));
        Assert.Equal((session, 1L), (claim.Id, claim.Epoch));
        await platform.ForgetSessionsAsync();
    }

    [Fact]
    public async Task Who_is_not_seen_as_alive_claims_no_job()
    {
        var job = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await platform.Database.ExecuteAsync(
            "insert into worker_jobs (id, user_id, kind, created_at) values ($1, $2, 'test', now())", job, await platform.NewUserAsync());
        var jobs = new JobStore(platform.Database.DataSource);
        Assert.Empty(await ClaimAsync());

        await SeenAsync(0, 10);
        Assert.Equal((job, 1), Assert.Single((await ClaimAsync()).Select(claimed => (claimed.Id, claimed.Attempts))));

        Task<IReadOnlyList<Job>> ClaimAsync() => jobs.ClaimAsync("one", ["test"], [], 10, DateTimeOffset.UnixEpoch, CancellationToken.None);
    }

    private Task SeenAsync(double ago, double leaseFor) => platform.Database.ExecuteAsync("""
        insert into workers (id, capacity, presence_key, started_at, seen_at, lease_expires_at)
        values ('one', 10, hashtextextended('worker:one', 0), now(), now() - make_interval(secs => $1), now() + make_interval(secs => $2))
        """, ago, leaseFor);
}
