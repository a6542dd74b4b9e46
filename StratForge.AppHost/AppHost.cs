// The map: every process, every store, every wire. It reads from the values to the stores to the services, the public door last.
// Which engine runs it is decided in the project file; docs/adr/0001-two-bindings-of-aspire.md says why there are two.

var builder = DistributedApplication.CreateBuilder(Replay.Apart(args));

var running = builder.ExecutionContext.IsRunMode;
var replaying = Replay.IsAsked(builder.Configuration);

// Without keys of a broker the market to trade on comes along.
var embeddedMarket = running && string.IsNullOrEmpty(builder.Configuration["ALPACA_API_KEY"]);

var internalKey = builder.AddGeneratedSecret("internal-key", "INTERNAL_KEY");
var jwtSecret = builder.AddGeneratedSecret("jwt-secret", "JWT_SECRET");
var brokerApiKey = embeddedMarket ? builder.AddGeneratedSecret("broker-api-key") : builder.AddParameterFromConfiguration("broker-api-key", "ALPACA_API_KEY", secret: true);
var brokerSecretKey = embeddedMarket ? builder.AddGeneratedSecret("broker-secret-key") : builder.AddParameterFromConfiguration("broker-secret-key", "ALPACA_SECRET_KEY", secret: true);

var postgres = builder.AddPostgres("postgres");
if (running && !replaying)
{
    // Deployed, a file share can't hold Postgres' data; there it wants a managed server.
    postgres.WithDataVolume();
}

// The books of the market that comes along and those of a broker's account never mix.
var database = postgres.AddDatabase("stratforge", running && !embeddedMarket ? "stratforge_broker" : null);
var redis = builder.AddRedis("redis");
if (!replaying)
{
    redis.WithDataVolume();
}

var schema = builder.AddProject<Projects.StratForge_Schema>("schema")
    .WithReference(database).WaitFor(database);

var ingestor = builder.AddProject<Projects.StratForge_Ingestor>("ingestor")
    .WithReference(database).WaitForCompletion(schema)
    .WithReference(redis).WaitFor(redis)
    .WithEnvironment("Broker__ApiKey", brokerApiKey)
    .WithEnvironment("Broker__SecretKey", brokerSecretKey)
    .WithHttpHealthCheck("/health");

var gateway = builder.AddProject<Projects.StratForge_Gateway>("gateway")
    .WithExternalHttpEndpoints()
    .WithPortFrom("GATEWAY_PORT")
    .WithHostFrom("GATEWAY_HOST")
    .WithHttpEndpoint(targetPort: running ? null : 8081, name: "internal", env: "INTERNAL_PORT")
    .WithReference(database).WaitForCompletion(schema)
    .WithReference(redis).WaitFor(redis)
    .WithEnvironment("Broker__ApiKey", brokerApiKey)
    .WithEnvironment("Broker__SecretKey", brokerSecretKey)
    .WithEnvironment("Internal__Key", internalKey)
    .WithEnvironment("Jwt__Secret", jwtSecret)
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.StratForge_Worker>("worker")
    .EnsurePython()
    .WithReference(database).WaitForCompletion(schema)
    .WithReference(redis).WaitFor(redis)
    .WithEnvironment("Gateway__InternalUrl", gateway.GetEndpoint("internal"))
    .WithEnvironment("Internal__Key", internalKey)
    .WaitFor(gateway)
    .WithHttpHealthCheck("/health");

if (embeddedMarket)
{
    var exchange = builder.AddProject<Projects.StratForge_SimulatedExchange>("exchange")
        .WithEnvironment("Exchange__ApiKey", brokerApiKey)
        .WithEnvironment("Exchange__SecretKey", brokerSecretKey)
        .WithEnvironment("Exchange__DataDirectory", builder.DataFolder("exchange"))
        .WithSwitch("Exchange__Replay", "replay", builder.FilesOfCaller)
        .WithSwitch("Exchange__Speed", "speed")
        .WithEnvironment("Exchange__AwaitListener", replaying ? "true" : "false")
        .WithEnvironment("Exchange__StartingCash", "100000000")
        .WithHttpHealthCheck("/health");

    gateway.WithEnvironment("Demo__Enabled", replaying ? "false" : "true");
    gateway.TradesOn(exchange);
    ingestor.TradesOn(exchange);
}

builder.Build().Run();
