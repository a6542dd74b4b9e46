using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace StratForge.ServiceDefaults.Http;

/// <summary>What every HttpClient of a factory gets: service names instead of addresses, and patience with safe requests.</summary>
internal static class HttpClientDefaults
{
    public static void AddHttpClientDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTransient(services =>
            new ServiceAddressHandler(services.GetRequiredService<IConfiguration>()));
        builder.Services.AddSingleton(services =>
            new ResiliencePolicy(services.GetService<TimeProvider>() ?? TimeProvider.System));
        builder.Services.AddTransient<ResilienceHandler>();

        // Resilience outermost: a retry may then go to another address of the service.
        builder.Services.ConfigureHttpClientDefaults(http => http
            .AddHttpMessageHandler<ResilienceHandler>()
            .AddHttpMessageHandler<ServiceAddressHandler>());
    }
}
