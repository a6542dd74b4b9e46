using Npgsql;

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
