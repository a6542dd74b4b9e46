namespace StratForge.LocalHosting.Tests;

/// <summary>Every way a resource is told something, as somebody who changes an AppHost may write it.</summary>
public sealed class WiringTests
{
    private static readonly string[] s_brought = ["ConnectionStrings__", "CACHE_", "services__", "BACK_"];

    [Fact]
    public async Task A_variable_is_a_text_or_whatever_has_a_value_by_then()
    {
        await using var app = new ShellApp();
        var word = app.Builder.AddParameter("word", "a b");
        var store = app.Builder.AddConnectionString("store", ReferenceExpression.Create($"Host=db;Word={word}"));
        var door = app.Add("door", "true").WithHttpEndpoint();
        var reader = AddReader(app)
            .WithEnvironment("EXPRESSION", ReferenceExpression.Create($"<{word:uri}>"))
            .WithEnvironment("STORE", store)
            .WithEnvironment("ASKED", () => "when it starts")
            .WithEnvironment("PORT_OF_DOOR", door.GetEndpoint("http").Property(EndpointProperty.Port))
            .WithEnvironment(async context =>
            {
                await Task.Yield();
                context.EnvironmentVariables["AWAITED"] = word.Resource;
            });

        var told = await ReadAsync(app, reader);

        Assert.Equal(("<a%20b>", "Host=db;Word=a b", "when it starts", "a b"), (told["EXPRESSION"], told["STORE"], told["ASKED"], told["AWAITED"]));
        Assert.Equal($"{door.GetEndpoint("http").Port}", told["PORT_OF_DOOR"]);
    }

    [Fact]
    public async Task Arguments_are_texts_and_values_in_the_order_they_were_said()
    {
        await using var app = new ShellApp();
        var word = app.Builder.AddParameter("word", "two");
        app.Add("teller", "echo $0 $1 $2 $3 >> $DIARY")
            .WithArgs("one").WithArgs(word.Resource).WithArgs(context => context.Args.Add("three"))
            .WithArgs(async context =>
            {
                await Task.Yield();
                context.Args.Add(4);
            });

        await app.StartAsync();
        await app.App.ResourceNotifications.WaitForResourceAsync("teller", KnownResourceStates.Finished, Patience.Token());

        Assert.Equal(["one two three 4"], app.Diary);
    }

    [Fact]
    public async Task A_reference_to_a_service_gives_its_addresses_under_its_own_or_another_name()
    {
        await using var app = new ShellApp();
        var back = app.Builder.AddProject<Projects.StratForge_SampleService>("back").WithHttpEndpoint(name: "inner", env: "INNER_PORT").WithExplicitStart();
        var reader = AddReader(app)
            .WithReference(back, "rear")
            .WithReference(back.GetEndpoint("inner"))
            .WithReference("venue", new Uri("https://venue.example/"));

        var told = await ReadAsync(app, reader);

        var (http, inner) = (back.GetEndpoint("http").Url, back.GetEndpoint("inner").Url);
        Assert.Equal((http, http, inner), (told["rear_HTTP"], told["services__rear__http__0"], told["services__rear__inner__0"]));
        Assert.Equal((inner, inner), (told["BACK_INNER"], told["services__back__inner__0"]));
        Assert.Equal(("https://venue.example/", "https://venue.example/"), (told["venue"], told["services__venue__default__0"]));
        Assert.DoesNotContain("BACK_HTTP", told.Keys);
        Assert.Throws<InvalidOperationException>(() => reader.WithReference("venue", new Uri("https://venue.example/v2")));
    }

    [Theory]
    [InlineData(ReferenceEnvironmentInjectionFlags.None, "")]
    [InlineData(ReferenceEnvironmentInjectionFlags.ConnectionString, "ConnectionStrings__cache")]
    [InlineData(ReferenceEnvironmentInjectionFlags.ConnectionProperties, "CACHE_HOST CACHE_PASSWORD CACHE_PORT CACHE_URI")]
    [InlineData(ReferenceEnvironmentInjectionFlags.ServiceDiscovery, "services__back__http__0")]
    [InlineData(ReferenceEnvironmentInjectionFlags.Endpoints, "BACK_HTTP")]
    public async Task A_resource_chooses_what_references_bring(ReferenceEnvironmentInjectionFlags flags, string variables)
    {
        await using var app = new ShellApp();
        var cache = app.Builder.AddRedis("redis").WithExplicitStart();
        var back = app.Builder.AddProject<Projects.StratForge_SampleService>("back").WithExplicitStart();
        var reader = AddReader(app).WithReference(cache, "cache").WithReference(back).WithReferenceEnvironment(flags);

        var told = await ReadAsync(app, reader);

        Assert.Equal(
            variables.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            told.Keys.Where(name => s_brought.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_connection_string_comes_from_configuration_or_is_put_together()
    {
        await using var app = new ShellApp();
        app.Builder.Configuration["ConnectionStrings:archive"] = "Host=far";
        var reader = AddReader(app)
            .WithReference(app.Builder.AddConnectionString("archive", "ARCHIVE"))
            .WithReference(app.Builder.AddConnectionString("made", expression =>
            {
                expression.AppendLiteral("Host=");
                expression.AppendFormatted("near");
            }))
            .WithReference(app.Builder.AddConnectionString("absent"), optional: true);

        var told = await ReadAsync(app, reader);

        Assert.Equal(("Host=far", "Host=near"), (told["ARCHIVE"], told["ConnectionStrings__made"]));
        Assert.DoesNotContain("ConnectionStrings__absent", told.Keys);
    }

    [Fact]
    public async Task One_that_is_missing_keeps_those_from_starting_who_need_it()
    {
        await using var app = new ShellApp();
        app.Add("reader", "true").WithReference(app.Builder.AddConnectionString("absent"));

        await app.StartAsync();
        var failed = await app.App.ResourceNotifications.WaitForResourceAsync("reader", change => change.Snapshot.IsTerminal, Patience.Token());

        Assert.Equal(KnownResourceStates.FailedToStart, failed.Snapshot.State?.Text);
        Assert.Contains("ConnectionStrings:absent", failed.Snapshot.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_tells_what_it_is_made_of()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var one = builder.AddParameter("one", "1");
        var expression = ReferenceExpression.Create($"a{one}b{one:uri}");

        Assert.Equal("a{0}b{1}", expression.Format);
        Assert.Equal(["{one.value}", "{one-uri-encoded.value}"], expression.ManifestExpressions);
        Assert.Equal([null, "uri"], expression.StringFormats);
        Assert.Equal([one.Resource, one.Resource], expression.ValueProviders);
    }

    [Fact]
    public void A_resource_is_found_again_by_name_and_type()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var redis = builder.AddRedis("redis");

        Assert.Same(redis.Resource, builder.CreateResourceBuilder<RedisResource>("REDIS").Resource);
        Assert.False(builder.TryCreateResourceBuilder<PostgresServerResource>("redis", out _));
        Assert.Throws<InvalidOperationException>(() => builder.CreateResourceBuilder<RedisResource>("valkey"));
    }

    private static IResourceBuilder<ExecutableResource> AddReader(ShellApp app) => app.Add("reader", "env >> $DIARY");

    private static async Task<Dictionary<string, string>> ReadAsync(ShellApp app, IResourceBuilder<ExecutableResource> reader)
    {
        await app.StartAsync();
        await app.App.ResourceNotifications.WaitForResourceAsync(reader.Resource.Name, KnownResourceStates.Finished, Patience.Token());
        return app.Diary.Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }
}
