using StratForge.Alpaca;
using StratForge.Ingestor.Bars;
using StratForge.Ingestor.Leadership;
using StratForge.Ingestor.Publishing;
using StratForge.Ingestor.Subscriptions;
using StratForge.Ingestor.Venues;

namespace StratForge.Ingestor;

/// <summary>What this service is made of.</summary>
internal static class IngestorServices
{
    public static void AddIngestor(this IHostApplicationBuilder builder)
    {
        // The leader's connection is silent while no bar comes; the driver's own pings tell a quiet one from a dead one.
        builder.AddNpgsqlDataSource("stratforge", configureDataSourceBuilder: static database => database.ConnectionStringBuilder.KeepAlive = 5);
        builder.AddRedisClient("redis");
        builder.Services.AddAlpaca(builder.Configuration);

        builder.Services.AddSingleton<IngestorTelemetry>();
        builder.Services.AddSingleton<IngestorState>();
        builder.Services.AddSingleton<PermanentSymbols>();
        builder.Services.AddSingleton<BarRetention>();
        builder.Services.AddSingleton<SilencePatience>();
        builder.Services.AddSingleton<WantedSymbols>();
        builder.Services.AddSingleton<VenueHistory>();
        builder.Services.AddSingleton<BusPublisher>();
        builder.Services.AddHostedService<IngestorLeader>();
        builder.Services.AddHealthChecks().AddCheck<IngestorHealth>("feeds");
    }
}
