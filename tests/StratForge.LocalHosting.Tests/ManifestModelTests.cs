using System.Text.Json;
using StratForge.LocalHosting.Publishing;

namespace StratForge.LocalHosting.Tests;

/// <summary>How the words of a description that the sample AppHost does not use are written to a manifest.</summary>
public sealed class ManifestModelTests
{
    [Fact]
    public async Task A_container_is_written_with_all_that_was_said_of_it()
    {
        var resources = await PublishAsync(builder => builder.AddContainer("cache", "cache/server", "1")
            .WithImageTag("2").WithImageRegistry("registry.example").WithEntrypoint("/bin/cache").WithArgs("--quiet")
            .WithVolume("cache-data", "/data").WithBindMount("conf", "/etc/cache", isReadOnly: true)
            .WithHttpEndpoint(port: 80, targetPort: 8080).AsHttp2Service()
            .WithLifetime(ContainerLifetime.Persistent));

        AssertSame("""
            {
              "type": "container.v0",
              "image": "registry.example/cache/server:2",
              "entrypoint": "/bin/cache",
              "args": [ "--quiet" ],
              "bindMounts": [ { "source": "conf", "target": "/etc/cache", "readOnly": true } ],
              "volumes": [ { "name": "cache-data", "target": "/data", "readOnly": false } ],
              "bindings": { "http": { "scheme": "http", "protocol": "tcp", "transport": "http2", "port": 80, "targetPort": 8080 } }
            }
            """, resources.GetProperty("cache"));
    }

    [Fact]
    public async Task An_image_without_a_tag_is_the_latest_and_may_be_changed_later()
    {
        var resources = await PublishAsync(builder =>
        {
            builder.AddContainer("plain", "one");
            builder.AddContainer("changed", "one").WithImage("other");
            builder.AddContainer("tagged", "one").WithImage("other", "3");
        });

        Assert.Equal(
            ("one:latest", "other:latest", "other:3"),
            (ImageOf("plain"), ImageOf("changed"), ImageOf("tagged")));

        string? ImageOf(string name) => resources.GetProperty(name).GetProperty("image").GetString();
    }

    [Fact]
    public async Task Stores_take_names_passwords_ports_and_folders_of_the_users_choice()
    {
        var resources = await PublishAsync(builder =>
        {
            var (user, password) = (builder.AddParameter("user", "trader"), builder.AddParameter("password", secret: true));
            builder.AddPostgres("postgres").WithUserName(user).WithPassword(password).WithHostPort(5544).WithDataBindMount("books");
            builder.AddRedis("redis", 6000).WithPassword(null).WithPersistence(TimeSpan.FromSeconds(10), 5).WithHostPort(6001);
            builder.AddRedis("other", 6002).WithPassword(password).WithDataBindMount("cache");
        });

        var postgres = resources.GetProperty("postgres");
        Assert.Equal(
            "Host={postgres.bindings.tcp.host};Port={postgres.bindings.tcp.port};Username={user.value};Password={password.value}",
            postgres.GetProperty("connectionString").GetString());
        Assert.Equal(("{user.value}", "{password.value}"), (EnvironmentOf("postgres", "POSTGRES_USER"), EnvironmentOf("postgres", "POSTGRES_PASSWORD")));
        AssertSame("""[ { "source": "books", "target": "/var/lib/postgresql/data", "readOnly": false } ]""", postgres.GetProperty("bindMounts"));
        Assert.Equal((5544, 6001, 6002), (PortOf("postgres"), PortOf("redis"), PortOf("other")));
        AssertSame("""[ "-c", "redis-server --save 10 5" ]""", resources.GetProperty("redis").GetProperty("args"));
        Assert.Equal("{redis.bindings.tcp.host}:{redis.bindings.tcp.port}", resources.GetProperty("redis").GetProperty("connectionString").GetString());
        AssertSame("""[ "-c", "redis-server --requirepass $REDIS_PASSWORD --save 60 1" ]""", resources.GetProperty("other").GetProperty("args"));
        Assert.Equal("{password.value}", EnvironmentOf("other", "REDIS_PASSWORD"));

        string? EnvironmentOf(string name, string variable) => resources.GetProperty(name).GetProperty("env").GetProperty(variable).GetString();
        int PortOf(string name) => resources.GetProperty(name).GetProperty("bindings").GetProperty("tcp").GetProperty("port").GetInt32();
    }

    [Fact]
    public async Task A_project_is_taken_by_type_or_path_with_its_profile_or_without()
    {
        var path = new Projects.StratForge_SampleService().ProjectPath;
        var resources = await PublishAsync(builder =>
        {
            builder.AddProject("by-path", path);
            builder.AddProject("named", path, "http");
            builder.AddProject("bare", path, options => options.ExcludeLaunchProfile = true);
            builder.AddProject<Projects.StratForge_SampleService>("bare-too", options => options.ExcludeLaunchProfile = true);
            builder.AddProject<Projects.StratForge_SampleService>("quiet", options => options.LaunchProfileName = "http").DisableForwardedHeaders();
            builder.AddProject<Projects.StratForge_SampleService>("sealed", launchProfileName: null).WithHttpsEndpoint(targetPort: 8443);
        });

        foreach (var (name, http) in ((string, bool)[])[("by-path", true), ("named", true), ("bare", false), ("bare-too", false), ("quiet", true)])
        {
            Assert.EndsWith("/StratForge.SampleService.csproj", resources.GetProperty(name).GetProperty("path").GetString(), StringComparison.Ordinal);
            Assert.Equal((name, http), (name, EnvironmentOf(name).TryGetProperty("HTTP_PORTS", out _)));
        }

        Assert.Equal("true", EnvironmentOf("named").GetProperty("ASPNETCORE_FORWARDEDHEADERS_ENABLED").GetString());
        Assert.False(EnvironmentOf("quiet").TryGetProperty("ASPNETCORE_FORWARDEDHEADERS_ENABLED", out _));
        Assert.Equal("{sealed.bindings.https.targetPort}", EnvironmentOf("sealed").GetProperty("HTTPS_PORTS").GetString());

        JsonElement EnvironmentOf(string name) => resources.GetProperty(name).GetProperty("env");
    }

    [Fact]
    public async Task A_resource_is_left_out_or_writes_itself()
    {
        var resources = await PublishAsync(builder =>
        {
            builder.AddExecutable("tool", "true", ".").ExcludeFromManifest();
            builder.AddExecutable("own", "true", ".").WithManifestPublishingCallback(context => context.Writer.WriteString("path", context.GetManifestRelativePath(FileOf(context))));
            builder.AddExecutable("later", "true", ".").WithManifestPublishingCallback(async context =>
            {
                await Task.Yield();
                context.Writer.WriteString("type", "own.v0");
            });
        });

        AssertSame("""{ "own": { "path": "deep/own.txt" }, "later": { "type": "own.v0" } }""", resources);

        static string FileOf(ManifestPublishingContext context) => Path.Combine(Path.GetDirectoryName(context.ManifestPath)!, "deep", "own.txt");
    }

    [Fact]
    public async Task A_program_of_this_machine_is_not_deployed_by_mistake()
    {
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => PublishAsync(builder => builder.AddExecutable("tool", "true", ".")));

        Assert.Contains("ExcludeFromManifest", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_strings_are_written_as_parameters_or_as_what_they_are_made_of()
    {
        var resources = await PublishAsync(builder =>
        {
            builder.AddConnectionString("archive");
            builder.AddConnectionString("made", ReferenceExpression.Create($"Host={builder.AddParameter("host", "far")}"));
        });

        AssertSame("""
            {
              "type": "parameter.v0",
              "connectionString": "{archive.value}",
              "value": "{archive.inputs.value}",
              "inputs": { "value": { "type": "string", "secret": true } }
            }
            """, resources.GetProperty("archive"));
        AssertSame("""{ "type": "value.v0", "connectionString": "Host={host.value}" }""", resources.GetProperty("made"));
    }

    private static void AssertSame(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.ToString());

    private static async Task<JsonElement> PublishAsync(Action<IDistributedApplicationBuilder> describe)
    {
        // Beside the description, so that relative paths stay short.
        var file = Path.Combine(AppContext.BaseDirectory, $"{Path.GetRandomFileName()}.json");
        await using var builder = DistributedApplicationTestingBuilder.Create("--publisher", "manifest", "--output-path", file);
        Assert.Equal((true, "manifest"), (builder.ExecutionContext.IsPublishMode, builder.ExecutionContext.PublisherName));
        describe(builder);
        await using var app = await builder.BuildAsync();
        try
        {
            await ManifestPublisher.PublishAsync(app.Services, Patience.Token());
            return JsonElement.Parse(await File.ReadAllTextAsync(file)).GetProperty("resources");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
