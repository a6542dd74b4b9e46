using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StratForge.Testing;

namespace StratForge.Ingestor.Tests;

/// <summary>One instance of the service in this process.</summary>
internal static class Ingest
{
    public static async Task<IHost> StartAsync(FreshDatabase database, FreshRedis redis, Uri venue, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:stratforge"] = database.ConnectionString,
            ["ConnectionStrings:redis"] = redis.ConnectionString,
            ["Broker:ApiKey"] = "PKTEST",
            ["Broker:SecretKey"] = "hush",
            ["Broker:TradingUrl"] = venue.ToString(),
            ["Broker:DataUrl"] = venue.ToString(),
            ["Broker:DataStreamUrl"] = venue.ToString(),
            ["Broker:RequestsPerMinute"] = "0",
            ["Broker:ReconnectAfter"] = "00:00:00.005",
            ["Broker:ReconnectAfterAtMost"] = "00:00:00.020",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Logging.ClearProviders();
        builder.AddIngestor();

        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public static async Task EndAsync(this IHost host)
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
    }
}
