using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange;
using StratForge.SimulatedExchange.Market;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddExchange();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapExchange();

try
{
    await app.RunAsync();
    return 0;
}
catch (Exception refused) when (refused is OptionsValidationException or ReplayFileException)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 1;
}
