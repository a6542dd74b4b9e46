using Npgsql;
using StratForge.Testing;

namespace StratForge.Schema.Tests;

public sealed class MigratorTests(FreshDatabase database) : IClassFixture<FreshDatabase>, IAsyncLifetime
{
    private static readonly Script First = new("0001_first", "create table first (id int);");
    private static readonly Script Second = new("0002_second", "create table second (id int);");

    private readonly ManualClock _clock = new();
    private NpgsqlDataSource _own = null!;
    private string _name = "";

    // Each test migrates a database of its own, empty at first.
    public async Task InitializeAsync()
    {
        _name = $"{database.Name}_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"[..40];
        await database.ExecuteAsync($"create database {_name}");
        _own = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = _name }.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _own.DisposeAsync();
        await database.ExecuteAsync($"drop database {_name} with (force)");
    }

    [Fact]
    public async Task The_platforms_own_scripts_apply_to_an_empty_database()
    {
        var applied = await new Migrator(_own, _clock).MigrateAsync(CancellationToken.None);

        Assert.Equal(Script.All.Select(script => script.Name), applied);
        Assert.Contains("0001_initial", applied);
    }

    [Fact]
    public async Task Trailing_stops_from_before_waterlines_go_on_from_what_they_had_seen()
    {
        const string Name = "0069_waterlines";
        await MigrateAsync([.. Script.All.TakeWhile(script => script.Name != Name)]);
        await using var orders = _own.CreateCommand("""
            insert into orders (id, user_id, symbol, asset_class, side, effect, type, time_in_force, quantity, trail_price, status, high_water, triggered_at,
                                created_at, updated_at)
            select gen_random_uuid(), gen_random_uuid(), symbol, 'stock', side, 'close', 'trailing_stop', 'gtc', 1, 1, status, high_water, triggered_at, now(), now()
            from (values ('A', 'sell', 'accepted', 10, null), ('A', 'sell', 'accepted', 12, null), ('A', 'sell', 'accepted', 10, null),
                         ('A', 'buy', 'accepted', 7, null), ('A', 'buy', 'accepted', 6, null), ('B', 'sell', 'held', null, null),
                         ('B', 'sell', 'canceled', 20, null), ('B', 'sell', 'accepted', 21, now()))
                 as o (symbol, side, status, high_water, triggered_at)
            """);
        await orders.ExecuteNonQueryAsync();

        await MigrateAsync([.. Script.All]);

        Assert.Equal(
            ["A buy 6 6", "A buy 7 7", "A sell 10 10", "A sell 10 10", "A sell 12 12", "B sell 20 -", "B sell 21 -", "B sell - -"],
            await ListAsync("""
                select o.symbol || ' ' || o.side || ' ' || coalesce(seen.price::text, '-') || ' ' || coalesce(w.price::text, '-')
                from orders o
                left join lateral (select price from waterlines w where w.symbol = o.symbol and w.side = o.side and w.seq <= o.trails_since
                                   order by w.seq desc limit 1) w on true
                cross join lateral (select coalesce(o.high_water, w.price) as price) seen
                order by o.symbol, o.side, seen.price, w.price
                """));
        Assert.Equal(["buy 6", "buy 7", "sell 12", "sell 10"], await ListAsync("select side || ' ' || price from waterlines order by side, seq"));
    }

    [Fact]
    public async Task A_second_run_finds_nothing_to_do()
    {
        await MigrateAsync(First);

        Assert.Empty(await MigrateAsync(First));
    }

    [Fact]
    public async Task Only_what_is_new_is_applied()
    {
        await MigrateAsync(First);

        Assert.Equal([Second.Name], await MigrateAsync(First, Second));
    }

    [Fact]
    public async Task Many_at_once_apply_each_script_once()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MigrateAsync(First, Second)));

        Assert.Equal([First.Name, Second.Name], Assert.Single(runs, run => run.Count > 0));
    }

    [Fact]
    public async Task An_edited_script_is_refused_by_name()
    {
        await MigrateAsync(First);

        var refusal = await Assert.ThrowsAsync<SchemaDriftException>(() => MigrateAsync(First with { Sql = "create table other (id int);" }));

        Assert.Contains("0001_first was edited", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await MigrateAsync(First, Second);

        var refusal = await Assert.ThrowsAsync<SchemaDriftException>(() => MigrateAsync(First));

        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_squeezed_in_before_an_applied_one_is_refused()
    {
        await MigrateAsync(Second);

        var refusal = await Assert.ThrowsAsync<SchemaDriftException>(() => MigrateAsync(First, Second));

        Assert.Contains("would have to be applied before", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_script_says_what_is_wrong_and_leaves_the_earlier_ones()
    {
        var broken = new Script("0002_broken", "create table fine (id int);\ncreate tabel wrong (id int);");

        var failure = await Assert.ThrowsAsync<ScriptFailedException>(() => MigrateAsync(First, broken));

        Assert.Contains("0002_broken failed: 42601 syntax error at or near \"tabel\"", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Second.Name], await MigrateAsync(First, Second));
    }

    [Fact]
    public async Task A_script_may_take_longer_than_a_command_of_a_service()
    {
        await using var hasty = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_own.ConnectionString)
        {
            Password = new NpgsqlConnectionStringBuilder(database.ConnectionString).Password,
            CommandTimeout = 1,
        });

        Assert.Equal(["0001_long"], await new Migrator(hasty, _clock).MigrateAsync([new Script("0001_long", "select pg_sleep(1.3);")], CancellationToken.None));
    }

    [Fact]
    public async Task A_script_that_loses_the_connection_is_named()
    {
        var fatal = new Script("0001_fatal", "select pg_terminate_backend(pg_backend_pid());");

        var failure = await Assert.ThrowsAsync<ScriptFailedException>(() => MigrateAsync(fatal));

        Assert.StartsWith("Script 0001_fatal failed: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal([First.Name], await MigrateAsync(First));
    }

    [Fact]
    public void Line_ends_of_a_checkout_do_not_change_a_checksum() =>
        Assert.Equal(
            new Script("0001", "select 1;\nselect 2;\n").Checksum,
            new Script("0001", "select 1;\r\nselect 2;\r\n").Checksum);

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var command = _own.CreateCommand(sql);
        await using var rows = await command.ExecuteReaderAsync();
        var list = new List<string>();
        while (await rows.ReadAsync())
        {
            list.Add(rows.GetString(0));
        }

        return list;
    }

    private Task<IReadOnlyList<string>> MigrateAsync(params Script[] scripts) =>
        new Migrator(_own, _clock).MigrateAsync(scripts, CancellationToken.None);
}
