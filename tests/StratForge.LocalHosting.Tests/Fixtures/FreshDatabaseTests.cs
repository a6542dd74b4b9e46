using StratForge.Testing;

namespace StratForge.LocalHosting.Tests.Fixtures;

public sealed class FreshDatabaseTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    [Fact]
    public async Task A_fresh_database_has_the_schema_and_nobody_in_it()
    {
        Assert.Equal(0L, await database.ValueAsync<long>("select count(*) from users"));
        Assert.NotEqual(0L, await database.ValueAsync<long>("select count(*) from schema_scripts"));
    }

    [Fact]
    public async Task Two_databases_do_not_see_each_other()
    {
        var other = new FreshDatabase();
        await other.InitializeAsync();
        try
        {
            await database.ExecuteAsync("create table only_here (id integer)");

            Assert.Null(await other.ValueAsync<string>("select to_regclass('only_here')::text"));
        }
        finally
        {
            await other.DisposeAsync();
        }
    }
}
