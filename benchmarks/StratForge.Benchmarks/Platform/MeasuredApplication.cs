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

    /// <summary>Credential of the gateway's internal port.</summary>
    public static string InternalKey => "benchmark-internal-key-0123456789";

    /// <summary>The platform's database.</summary>
    public string Database { get; }

    /// <summary>The server around it, without a database, for a baseline with tables of its own.</summary>
    public string DatabaseServer => _postgres.ConnectionString;

    public string Redis { get; }

    public PlatformUnderTest Platform { get; }

    /// <summary>Reads the traces of this run.</summary>
    public required HttpClient Traces { get; init; }

    /// <param name="broker">Where orders go.</param>
    /// <param name="withWorker">Whether strategies are to run.</param>
    public static async Task<MeasuredApplication> StartAsync(Uri broker, bool withWorker = true)
    {
        var postgres = await LocalPostgres.StartAsync(durable: true);
        await RequireDurabilityAsync(postgres);
        var database = await CreateDatabaseAsync(postgres);
        var builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
        var internalKey = builder.AddParameter("internal-key", InternalKey, secret: true);
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
            .WithEnvironment("Admin__Email", PlatformUnderTest.OperatorEmail)
            .WithEnvironment("Admin__Password", PlatformUnderTest.OperatorPassword)
            .WithEnvironment("Broker__TradingUrl", broker.ToString())
            .WithEnvironment("Broker__DataUrl", broker.ToString())
            .WithEnvironment("Broker__DataStreamUrl", broker.ToString())
            .WithEnvironment("Broker__ApiKey", "PKBENCHMARK")
            .WithEnvironment("Broker__SecretKey", "benchmark")
            .WithEnvironment("Broker__RequestsPerMinute", "0")
            // Hundreds of users register from one address before anything is measured.
            .WithEnvironment("RateLimits__AuthPerMinute", "100000")
            .WithEnvironment("RateLimits__UserPerSecond", "100000")
            .WithEnvironment("RateLimits__AddressPerSecond", "100000")
            // And thousands of clients of the streams come from there.
            .WithEnvironment("Streams__ConnectionsPerAddress", "100000")
            .WithEnvironment("Streams__ConnectionsPerUser", "100000")
            .WithHttpHealthCheck("/health");

        if (withWorker)
        {
            builder.AddProject<Projects.StratForge_Worker>("worker")
                .WithEnvironment(ConnectionVariable, database).WaitForCompletion(schema)
                .WithReference(redis).WaitFor(redis)
                .WithEnvironment(SamplerVariable, TraceOnRequest)
                .WithEnvironment("Gateway__InternalUrl", gateway.GetEndpoint("internal"))
                .WithEnvironment("Internal__Key", internalKey)
                .WaitFor(gateway)
                .WithHttpHealthCheck("/health");
        }

        var application = await builder.BuildAsync();
        await application.StartAsync();
        await application.ResourceNotifications.WaitForResourceHealthyAsync(withWorker ? "worker" : "gateway");
        var measured = new MeasuredApplication(
            postgres,
            application,
            database,
            (await application.GetConnectionStringAsync("redis"))!)
        {
            Traces = application.CreateDashboardClient(),
        };
        await measured.Platform.LiftLimitsAsync();
        return measured;
    }

    public async ValueTask DisposeAsync()
    {
        Traces.Dispose();
        await Platform.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    // A figure for orders that a power cut would lose is worth nothing.
    private static async Task RequireDurabilityAsync(LocalPostgres postgres)
    {
        await using var server = NpgsqlDataSource.Create($"{postgres.ConnectionString};Database=postgres");
        await using var check = server.CreateCommand("select current_setting('fsync') || ' ' || current_setting('synchronous_commit')");
        var settings = (string?)await check.ExecuteScalarAsync();
        if (settings != "on on")
        {
            throw new InvalidOperationException($"Postgres has to run with fsync and synchronous_commit on, not with '{settings}'.");
        }
    }

    private static async Task<string> CreateDatabaseAsync(LocalPostgres postgres)
    {
        const string Name = "stratforge";
        await using var server = NpgsqlDataSource.Create($"{postgres.ConnectionString};Database=postgres");
        await using var command = server.CreateCommand($"create database {Name}");
        await command.ExecuteNonQueryAsync();
        return $"{postgres.ConnectionString};Database={Name}";
    }
}
