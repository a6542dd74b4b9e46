using Npgsql;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.Benchmarks.Platform;

/// <summary>The part of the application that is measured, with stores of its own and the benchmark's broker.</summary>
internal sealed class MeasuredApplication : IAsyncDisposable
{
    private const string ConnectionVariable = "ConnectionStrings__stratforge";

    // The measured bars run untraced; those that ask for stages carry a sampled context.
    private const string SamplerVariable = "OTEL_TRACES_SAMPLER";
    private const string TraceOnRequest = "parentbased_always_off";

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

    /// <summary>Where the traces of this run can be read.</summary>
    public required Uri Traces { get; init; }

    public static async Task<MeasuredApplication> StartAsync(Uri broker)
    {
        var postgres = await LocalPostgres.StartAsync(durable: true);
        var database = await CreateDatabaseAsync(postgres);
        var builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
        var internalKey = builder.AddParameter("internal-key", "benchmark-internal-key-0123456789", secret: true);
        var jwtSecret = builder.AddParameter("jwt-secret", "benchmark-jwt-secret-0123456789-0123456789", secret: true);
        var redis = builder.AddRedis("redis");

        var schema = builder.AddProject<Projects.StratForge_Schema>("schema")
            .WithEnvironment(ConnectionVariable, database);

        var gateway = builder.AddProject<Projects.StratForge_Gateway>("gateway")
            .WithEnvironment(ConnectionVariable, database).WaitForCompletion(schema)
            .WithReference(redis).WaitFor(redis)
            .WithHttpEndpoint(name: "internal", env: "INTERNAL_PORT")
            .WithEnvironment(SamplerVariable, TraceOnRequest)
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
            .WithEnvironment(ConnectionVariable, database).WaitForCompletion(schema)
            .WithReference(redis).WaitFor(redis)
            .WithEnvironment(SamplerVariable, TraceOnRequest)
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
            database,
            (await application.GetConnectionStringAsync("redis"))!)
        {
            Traces = application.GetDashboardAddress() ?? throw new InvalidOperationException("The engine shows no traces."),
        };
    }

    private static async Task<string> CreateDatabaseAsync(LocalPostgres postgres)
    {
        const string Name = "stratforge";
        await using var server = NpgsqlDataSource.Create($"{postgres.ConnectionString};Database=postgres");
        await using var command = server.CreateCommand($"create database {Name}");
        await command.ExecuteNonQueryAsync();
        return $"{postgres.ConnectionString};Database={Name}";
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
