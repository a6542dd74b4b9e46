// A service as small as one can be, for tests of the engine that starts services.
using System.Collections;
using System.Diagnostics;

if (args is ["job", var exitCode])
{
    Console.WriteLine("the job is done");
    return int.Parse(exitCode);
}

var builder = WebApplication.CreateSlimBuilder(args);
var app = builder.Build();
var healthy = true;

app.MapGet("/health", () => healthy ? Results.Ok("healthy") : Results.StatusCode(503));
app.MapPost("/fall-ill", () => healthy = false);
app.MapPost("/crash", () =>
{
    Console.Error.WriteLine("this is the last line");
    Environment.Exit(3);
});
app.MapGet("/id", () => Environment.ProcessId);
app.MapGet("/environment", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value));

// A grandchild that left the process group, as a caged strategy does.
app.MapPost("/grandchild", () => Process.Start("setsid", ["sleep", "600"])!.Id);
app.Run();
return 0;
