using Npgsql;
using StratForge.LocalHosting.BackingServices;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.Tests;

public sealed class OwnStoreTests
{
    [Fact]
    public async Task A_server_has_the_name_the_password_the_folder_and_the_database_it_was_told()
    {
        // Not below a folder of the user's own: Postgres may run as another one.
        var folder = Path.Combine(Path.GetTempPath(), $"stratforge-own-{Path.GetRandomFileName()}");
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var postgres = builder.AddPostgres("postgres")
            .WithUserName(builder.AddParameter("user", "trader"))
            .WithPassword(builder.AddParameter("password", "of-the-users-choice", secret: true))
            .WithDataBindMount(folder);
        postgres.AddDatabase("ledger", "books").WithCreationScript("create database books connection limit 7");
        try
        {
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            await app.ResourceNotifications.WaitForResourceHealthyAsync("ledger", Patience.Token());
            var parts = new NpgsqlConnectionStringBuilder(await app.GetConnectionStringAsync("ledger")) { Pooling = false };
            await using var database = NpgsqlDataSource.Create(parts);
            await using var ask = database.CreateCommand(
                "select current_user || ' ' || datconnlimit || ' ' || current_setting('data_directory') from pg_database where datname = current_database()");

            Assert.Equal("of-the-users-choice", parts.Password);
            Assert.Equal(parts.Database, postgres.Resource.Databases["ledger"]);
            Assert.Equal($"trader 7 {folder}", await ask.ExecuteScalarAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_server_waits_for_another_one_with_the_same_data_that_is_still_ending()
    {
        // Its own start finds binaries, or gets them.
        await using (await LocalPostgres.StartAsync(cancellationToken: Patience.Token()))
        {
        }

        var folder = Path.Combine(Path.GetTempPath(), $"stratforge-own-{Path.GetRandomFileName()}");
        var spec = new PostgresSpec(Path.Combine(folder, "data"), PortAllocator.Free(), "postgres", "secret", Durable: false);
        try
        {
            var plan = await PostgresServer.PlanAsync(spec, TemporaryServer.Inherited, _ => { }, Patience.Token());
            await using var ending = ChildProcess.Start(plan!, (_, _) => { });
            await Patience.UntilAsync(() => new FileInfo(Path.Combine(spec.DataDirectory, "postmaster.pid")) is { Exists: true, Length: > 0 }, "it has the data");
            var said = new TaskCompletionSource<string>();

            var next = PostgresServer.PlanAsync(spec, TemporaryServer.Inherited, line => said.TrySetResult(line), Patience.Token());
            await Task.WhenAny(said.Task, next);

            Assert.False(next.IsCompleted);
            Assert.Contains($"Waiting for process {ending.Id}", await said.Task, StringComparison.Ordinal);
            await ending.KillAsync();
            Assert.NotNull(await next);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("redis://cache", false)]
    [InlineData("rediss://cache", true)]
    public void A_given_redis_says_whether_it_speaks_TLS(string address, bool tls)
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var redis = builder.AddRedis("redis").Resource;
        Assert.False(redis.TlsEnabled);

        redis.Given = GivenRedis.Parse(address);

        Assert.Equal(tls, redis.TlsEnabled);
    }
}
