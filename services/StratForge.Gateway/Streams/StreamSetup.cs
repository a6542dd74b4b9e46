using Microsoft.Extensions.Options;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Delivery;

namespace StratForge.Gateway.Streams;

/// <summary>What the live streams need.</summary>
internal static class StreamSetup
{
    public static void AddStreams(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<StreamOptions>().BindConfiguration(StreamOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StreamOptions>, StreamOptionsValidator>();
        services.AddSingleton<IValidateOptions<StreamOptions>, RelayTopicsValidator>();
        services.AddSingleton<StreamTelemetry>();
        services.AddSingleton<StreamTopics>();
        services.AddSingleton<UserEventStore>();
        services.AddSingleton<Admission>();
        services.AddSingleton<UserSymbols>();
        services.AddSingleton<StreamServices>();
        AddHosted<StreamLoops>(services);
        AddHosted<BusReader>(services);
        AddHosted<WatchedSymbols>(services);
    }

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
