using StratForge.Worker;
using StratForge.Worker.Hosts;

if (OperatingSystem.IsLinux())
{
    Posix.ForbidInspection();
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("stratforge");
builder.AddRedisClient("redis");
builder.AddWorker();

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
