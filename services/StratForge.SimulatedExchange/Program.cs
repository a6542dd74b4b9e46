using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddExchange();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapExchange();

try
{
    // Before the host starts, so that what is wrong is said in one sentence and not inside a stack trace.
    _ = app.Services.GetRequiredService<TradingFloor>();
}
catch (Exception refused) when (refused is OptionsValidationException or ReplayFileException or IOException or UnauthorizedAccessException or InvalidDataException)
{
    await Console.Error.WriteLineAsync($"The exchange cannot start. {refused.Message}");
    return 1;
}

await app.RunAsync();
return 0;
