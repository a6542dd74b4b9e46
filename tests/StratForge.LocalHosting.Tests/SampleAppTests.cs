using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace StratForge.LocalHosting.Tests;

/// <summary>The sample application, started once.</summary>
public sealed class SampleApp : IAsyncLifetime
{
    public DistributedApplication App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_SampleAppHost>(["--Parameters:mood=bright"]);
        App = await builder.BuildAsync();
        await App.StartAsync(Patience.Token());
        await App.ResourceNotifications.WaitForResourceHealthyAsync("front", Patience.Token());
    }

    public async Task<Dictionary<string, string>> EnvironmentOfAsync(string resource)
    {
        using var http = App.CreateHttpClient(resource);
        return (await http.GetFromJsonAsync<Dictionary<string, string>>("/environment"))!;
    }

    public async Task DisposeAsync() => await App.DisposeAsync();
}

public sealed class SampleAppTests(SampleApp sample) : IClassFixture<SampleApp>
{
    [Fact]
    public async Task A_service_is_told_the_connection_strings_whole_and_in_parts()
    {
        var seen = await sample.EnvironmentOfAsync("back");
        var database = await sample.App.GetConnectionStringAsync("ledger");
        var parts = new NpgsqlConnectionStringBuilder(database);

        Assert.Equal(database, seen["ConnectionStrings__ledger"]);
        Assert.Equal("ledger", parts.Database);
        Assert.Equal(
            ("localhost", $"{parts.Port}", "postgres", parts.Password, "ledger"),
            (seen["LEDGER_HOST"], seen["LEDGER_PORT"], seen["LEDGER_USERNAME"], seen["LEDGER_PASSWORD"], seen["LEDGER_DATABASENAME"]));
        Assert.Equal($"postgresql://postgres:{Uri.EscapeDataString(parts.Password!)}@localhost:{parts.Port}/ledger", seen["LEDGER_URI"]);
        Assert.Equal(await sample.App.GetConnectionStringAsync("redis"), seen["ConnectionStrings__redis"]);
        Assert.Equal($"localhost:{seen["REDIS_PORT"]},password={seen["REDIS_PASSWORD"]}", seen["ConnectionStrings__redis"]);
    }

    [Fact]
    public async Task A_service_is_told_its_addresses_its_profile_and_its_name()
    {
        var seen = await sample.EnvironmentOfAsync("back");

        Assert.Equal(sample.App.GetEndpoint("back").OriginalString, seen["ASPNETCORE_URLS"]);
        Assert.Equal(("http", "Development", "from the profile"), (seen["DOTNET_LAUNCH_PROFILE"], seen["ASPNETCORE_ENVIRONMENT"], seen["GREETING"]));
        Assert.Equal(("back", "simple", "in_memory"),
            (seen["OTEL_SERVICE_NAME"], seen["LOGGING__CONSOLE__FORMATTERNAME"], seen["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"]));
        Assert.Matches("^service\\.instance\\.id=[a-z]{8}$", seen["OTEL_RESOURCE_ATTRIBUTES"]);
    }

    [Fact]
    public async Task A_service_is_told_where_others_are()
    {
        var seen = await sample.EnvironmentOfAsync("front");
        var back = sample.App.GetEndpoint("back").OriginalString;

        Assert.Equal((back, back, back), (seen["BACK_HTTP"], seen["services__back__http__0"], seen["BACK"]));
    }

    [Fact]
    public async Task Values_from_outside_and_expressions_arrive_resolved()
    {
        var seen = await sample.EnvironmentOfAsync("back");

        Assert.Equal("bright", seen["MOOD"]);
        Assert.Equal($"key={seen["KEY"]};port={seen["REDIS_PORT"]};{{}}", seen["TOLD"]);
        Assert.Equal(30, seen["KEY"].Length);
    }

    [Fact]
    public async Task Replicas_share_an_address_and_have_ports_of_their_own()
    {
        var processes = new HashSet<int>();
        for (var i = 0; i < 4; i++)
        {
            using var http = sample.App.CreateHttpClient("front");
            processes.Add(await http.GetFromJsonAsync<int>("/id"));
        }

        var seen = await sample.EnvironmentOfAsync("front");
        Assert.Equal(2, processes.Count);
        Assert.NotEqual(sample.App.GetEndpoint("front").OriginalString, seen["ASPNETCORE_URLS"]);
        Assert.NotEqual(new Uri(seen["ASPNETCORE_URLS"]).Port, int.Parse(seen["INNER_PORT"]));
    }

    [Fact]
    public async Task The_database_is_there()
    {
        await using var connection = new NpgsqlConnection(await sample.App.GetConnectionStringAsync("ledger"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select current_database()", connection);

        Assert.Equal("ledger", await command.ExecuteScalarAsync());
    }

    [Fact]
    public void What_does_not_exist_is_asked_for_in_vain()
    {
        Assert.Throws<ArgumentException>(() => sample.App.GetEndpoint("nobody"));
        Assert.Throws<ArgumentException>(() => sample.App.GetEndpoint("back", "ftp"));
        Assert.Throws<ArgumentException>(() => sample.App.GetConnectionStringAsync("front").AsTask().Result);
    }
}

public sealed class SampleAppLifeTests
{
    [Fact]
    public async Task Two_applications_live_in_one_process_and_know_nothing_of_each_other()
    {
        await using var one = await DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_SampleAppHost>();
        await using var other = await DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_SampleAppHost>();
        var apps = await Task.WhenAll(one.BuildAsync(), other.BuildAsync());
        await Task.WhenAll(apps.Select(app => app.StartAsync(Patience.Token())));
        await Task.WhenAll(apps.Select(app => app.ResourceNotifications.WaitForResourceHealthyAsync("back", Patience.Token())));

        Assert.NotEqual(await apps[0].GetConnectionStringAsync("ledger"), await apps[1].GetConnectionStringAsync("ledger"));
        Assert.NotEqual(apps[0].GetEndpoint("back"), apps[1].GetEndpoint("back"));
    }

    [Fact]
    public async Task A_job_that_fails_keeps_everybody_after_it_from_starting()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_SampleAppHost>(["--job-exit-code", "5"]);
        var app = await builder.BuildAsync();
        await app.StartAsync(Patience.Token());

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("front", Patience.Token()));
        Assert.Contains("FailedToStart", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_lost_and_seen_and_a_killed_database_comes_back_with_its_data()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_SampleAppHost>();
        var app = await builder.BuildAsync();
        await app.StartAsync(Patience.Token());
        await app.ResourceNotifications.WaitForResourceHealthyAsync("back", Patience.Token());
        await using (var dataSource = NpgsqlDataSource.Create((await app.GetConnectionStringAsync("ledger"))!))
        {
            await using var create = dataSource.CreateCommand("create table kept as select 42 as answer");
            await create.ExecuteNonQueryAsync();
        }

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("postgres", KnownResourceCommands.KillCommand)).Success);
        Assert.Equal(KnownResourceStates.Exited, await app.ResourceNotifications.WaitForResourceAsync("ledger", [KnownResourceStates.Exited], Patience.Token()));
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("postgres", KnownResourceCommands.StartCommand)).Success);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("ledger", WaitBehavior.WaitOnResourceUnavailable, Patience.Token());

        await using var again = NpgsqlDataSource.Create((await app.GetConnectionStringAsync("ledger"))!);
        await using var read = again.CreateCommand("select answer from kept");
        Assert.Equal(42, await read.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_test_takes_the_description_with_arguments_and_settings_of_its_own()
    {
        var entryPoint = typeof(Projects.StratForge_SampleAppHost);
        await using var plain = await DistributedApplicationTestingBuilder.CreateAsync(entryPoint);
        await using var told = await DistributedApplicationTestingBuilder.CreateAsync(entryPoint, ["--Parameters:mood=bright"]);
        await using var set = await DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_SampleAppHost>(
            ["--Parameters:mood=bright"], (_, settings) => settings.EnvironmentName = "Staging");

        Assert.Equal(["postgres", "ledger", "redis", "job", "back", "front"], plain.Resources.Where(resource => resource is not ParameterResource).Select(resource => resource.Name));
        Assert.Equal((null, "bright", "bright"), (plain.Configuration["Parameters:mood"], told.Configuration["Parameters:mood"], set.Configuration["Parameters:mood"]));
        Assert.Equal((false, true), (plain.Environment.IsStaging(), set.Environment.IsStaging()));
    }

    [Fact]
    public async Task The_entry_points_own_failure_reaches_the_test()
    {
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => DistributedApplicationTestingBuilder.CreateAsync<Projects.StratForge_SampleAppHost>(["--operation=fly"]));

        Assert.Contains("fly", refusal.Message, StringComparison.Ordinal);
    }
}
