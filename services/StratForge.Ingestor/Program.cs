using StratForge.Ingestor;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddIngestor();

var app = builder.Build();
app.MapDefaultEndpoints();

await app.RunAsync();
