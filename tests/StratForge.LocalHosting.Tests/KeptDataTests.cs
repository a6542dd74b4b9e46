using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;
using StratForge.LocalHosting.BackingServices;
using StratForge.LocalHosting.Running;
using StratForge.Testing;

namespace StratForge.LocalHosting.Tests;

[Collection(AppHostProcess.OneAtATime)]
public sealed partial class KeptDataTests
{
    [Fact]
    public async Task What_was_written_is_there_after_a_restart_and_the_secrets_still_open_it()
    {
        var folder = Directory.CreateTempSubdirectory("kept-").FullName;
        try
        {
            var before = await RunAsync(
                [$"--STRATFORGE_DATA={folder}"],
                async (told, database, redis) =>
                {
                    await using var create = database.CreateCommand("create table kept as select 42 as answer");
                    await create.ExecuteNonQueryAsync();
                    await redis.StringSetAsync("kept", "43");
                    return told;
                });
            var (after, row, key) = await RunAsync(
                [$"--STRATFORGE_DATA={folder}"],
                async (told, database, redis) =>
                {
                    await using var read = database.CreateCommand("select answer from kept");
                    return (told, (int?)await read.ExecuteScalarAsync(), (string?)await redis.StringGetAsync("kept"));
                });

            Assert.Equal((42, "43"), (row, key));
            Assert.Equal(
                (before["KEY"], before["LEDGER_PASSWORD"], before["REDIS_PASSWORD"]), (after["KEY"], after["LEDGER_PASSWORD"], after["REDIS_PASSWORD"]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Stores_that_are_given_are_used_and_stay_when_the_application_goes()
    {
        await using var postgres = await LocalPostgres.StartAsync();
        await using var redis = await LocalRedis.StartAsync();
        var server = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);

        var told = await RunAsync(
            ["--ephemeral", $"--DATABASE_URL=postgresql://{server.Username}:{server.Password}@localhost:{server.Port}/books", $"--REDIS_URL={redis.ConnectionString}"],
            async (told, database, _) =>
            {
                await using var create = database.CreateCommand("create table kept as select 42 as answer");
                await create.ExecuteNonQueryAsync();
                return told;
            });

        Assert.Equal(
            ($"{server.Port}", "books", redis.ConnectionString), (told["LEDGER_PORT"], told["LEDGER_DATABASENAME"], told["ConnectionStrings__redis"]));
        await using var books = NpgsqlDataSource.Create($"{postgres.ConnectionString};Database=books;Pooling=false");
        await using var read = books.CreateCommand("select answer from kept");
        Assert.Equal(42, await read.ExecuteScalarAsync());
        await RedisServer.PingAsync("localhost", redis.Port, password: null, Patience.Token());
    }

    [Fact]
    public async Task A_wrong_password_of_a_given_store_is_said_aloud_once_when_patience_is_over()
    {
        await using var postgres = await LocalPostgres.StartAsync();
        await using var redis = await LocalRedis.StartAsync();
        var clock = new ManualClock();
        var report = new HeardReport();
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.Configuration["ConnectionStrings:postgres"] = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "wrong" }.ConnectionString;
        builder.Configuration["ConnectionStrings:redis"] = $"{redis.ConnectionString},password=wrong";
        builder.AddPostgres("postgres");
        builder.AddRedis("redis");
        builder.Services.AddSingleton(new EngineOptions { Isolated = false, Dashboard = false });
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IReport>(report);
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        await WaitAsync(TimeSpan.FromSeconds(14));
        Assert.Empty(report.Warnings);

        await WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(
            ["postgres runs, but is not ready yet: 28P01", "redis runs, but is not ready yet: Redis refused"],
            report.Warnings.Order(StringComparer.Ordinal).Select(warning => Beginning().Match(warning).Value));

        // Both ask again and again, and each time a question is answered before time goes on.
        async Task WaitAsync(TimeSpan time)
        {
            for (var end = clock.GetUtcNow() + time; clock.GetUtcNow() < end; clock.Advance(TimeSpan.FromSeconds(1)))
            {
                await Patience.UntilAsync(() => clock.TimersSet == 2, "both wait for their next question");
            }
        }
    }

    private static async Task<T> RunAsync<T>(string[] args, Func<Dictionary<string, string>, NpgsqlDataSource, IDatabase, Task<T>> use)
    {
        await using var host = AppHostProcess.Start(args);
        await host.UntilItSaysAsync("Press Ctrl+C to stop everything");
        Assert.True(Back().Match(host.Output) is { Success: true }, host.Output);
        using var http = new HttpClient { BaseAddress = new Uri(Back().Match(host.Output).Groups["url"].Value) };
        var told = (await http.GetFromJsonAsync<Dictionary<string, string>>("/environment"))!;
        T seen;
        await using (var database = NpgsqlDataSource.Create(told["ConnectionStrings__ledger"]))
        using (var redis = await ConnectionMultiplexer.ConnectAsync(told["ConnectionStrings__redis"]))
        {
            seen = await use(told, database, redis.GetDatabase());
        }

        host.Signal("INT");
        Assert.Equal(0, await host.ExitCodeAsync());
        return seen;
    }

    [GeneratedRegex(@"\bback\W+healthy\W+(?<url>http://localhost:\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Back();

    [GeneratedRegex(@"^.*?(28P01|Redis refused)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Beginning();
}
