using StratForge.LocalHosting.BackingServices;

namespace StratForge.Benchmarks.BarToBroker;

/// <summary>The part of the application that is measured, with stores of its own and the benchmark's broker.</summary>
internal sealed class MeasuredApplication : IAsyncDisposable
{
    private readonly LocalPostgres _postgres;

    private MeasuredApplication(LocalPostgres postgres, DistributedApplication application, string database, string redis)
    {
        _postgres = postgres;
        Database = database;
        Redis = redis;
        Platform = new PlatformUnderTest(application);
    }

    public string Database { get; }

    public string Redis { get; }

    public PlatformUnderTest Platform { get; }

    public static async Task<MeasuredApplication> StartAsync(Uri broker)
    {
        var postgres = await LocalPostgres.StartAsync(durable: true);
        var builder = DistributedApplicationTestingBuilder.Create($"--ConnectionStrings:postgres={postgres.ConnectionString}");
        var internalKey = builder.AddParameter("internal-key", "benchmark-internal-key-0123456789", secret: true);
        var jwtSecret = builder.AddParameter("jwt-secret", "benchmark-jwt-secret-0123456789-0123456789", secret: true);
        var database = builder.AddPostgres("postgres").AddDatabase("stratforge");
        var redis = builder.AddRedis("redis");

        var schema = builder.AddProject<Projects.StratForge_Schema>("schema")
            .WithReference(database).WaitFor(database);

        var gateway = builder.AddProject<Projects.StratForge_Gateway>("gateway")
            .WithReference(database).WaitForCompletion(schema)
            .WithReference(redis).WaitFor(redis)
            .WithHttpEndpoint(name: "internal", env: "INTERNAL_PORT")
            .WithEnvironment("Internal__Key", internalKey)
            .WithEnvironment("Jwt__Secret", jwtSecret)
            .WithEnvironment("Broker__TradingUrl", broker.ToString())
            .WithEnvironment("Broker__DataUrl", broker.ToString())
            .WithEnvironment("Broker__DataStreamUrl", broker.ToString())
            .WithEnvironment("Broker__ApiKey", "PKBENCHMARK")
            .WithEnvironment("Broker__SecretKey", "benchmark")
            .WithEnvironment("Broker__RequestsPerMinute", "0")
            .WithHttpHealthCheck("/health");

        builder.AddProject<Projects.StratForge_Worker>("worker")
            .WithReference(database).WaitForCompletion(schema)
            .WithReference(redis).WaitFor(redis)
            .WithEnvironment("Gateway__InternalUrl", gateway.GetEndpoint("internal"))
            .WithEnvironment("Internal__Key", internalKey)
            .WaitFor(gateway)
            .WithHttpHealthCheck("/health");

        var application = await builder.BuildAsync();
        await application.StartAsync();
        await application.ResourceNotifications.WaitForResourceHealthyAsync("worker");
        return new MeasuredApplication(
            postgres,
            application,
            (await application.GetConnectionStringAsync("stratforge"))!,
            (await application.GetConnectionStringAsync("redis"))!);
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
