// One of everything the engine knows, small enough to start in a second or two.

var builder = DistributedApplication.CreateBuilder(args);

var key = builder.AddParameter("key", new GenerateParameterDefault { MinLength = 30, Special = false }, secret: true, persist: true);
var mood = builder.AddParameter("mood", "calm", publishValueAsDefault: true);
var database = builder.AddPostgres("postgres").WithDataVolume().AddDatabase("ledger");
var redis = builder.AddRedis("redis").WithDataVolume();

var job = builder.AddProject<Projects.StratForge_SampleService>("job", launchProfileName: null)
    .WithArgs("job", builder.Configuration["job-exit-code"] ?? "0")
    .WithReference(database).WaitFor(database);

var back = builder.AddProject<Projects.StratForge_SampleService>("back")
    .WithReference(database).WaitForCompletion(job)
    .WithReference(redis).WaitFor(redis)
    .WithEnvironment("KEY", key)
    .WithEnvironment("MOOD", mood)
    .WithEnvironment("TOLD", $"key={key:uri};port={redis.GetEndpoint("tcp").Property(EndpointProperty.Port)};{{}}")
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.StratForge_SampleService>("front")
    .WithExternalHttpEndpoints()
    .WithHttpEndpoint(name: "inner", env: "INNER_PORT", targetPort: builder.ExecutionContext.IsPublishMode ? 8081 : null)
    .WithReplicas(2)
    .WithReference(back).WaitFor(back)
    .WithEnvironment("BACK", back.GetEndpoint("http"))
    .WithHttpHealthCheck("/health");

builder.Build().Run();
