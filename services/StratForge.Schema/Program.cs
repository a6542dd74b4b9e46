using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using StratForge.Schema;

var builder = Host.CreateApplicationBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("stratforge");

using var host = builder.Build();
await host.StartAsync();
var logger = host.Services.GetRequiredService<ILogger<Migrator>>();
try
{
    var migrator = new Migrator(
        host.Services.GetRequiredService<NpgsqlDataSource>(), host.Services.GetRequiredService<TimeProvider>());
    SchemaLog.Report(logger, await migrator.MigrateAsync(CancellationToken.None));
    return 0;
}
catch (Exception exception) when (exception is SchemaDriftException or ScriptFailedException or NpgsqlException or InvalidOperationException)
{
    SchemaLog.Failed(logger, exception.Message);
    return 1;
}
finally
{
    await host.StopAsync();
}
