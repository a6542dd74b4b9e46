using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StratForge.Alpaca;

/// <summary>Registers the client.</summary>
public static class AlpacaServiceCollectionExtensions
{
    /// <summary>Adds <see cref="AlpacaOptions"/> from section <c>Broker</c>, checked at start, and as singletons
    /// <see cref="AlpacaTradingClient"/>, <see cref="AlpacaDataClient"/>, <see cref="AlpacaTradeUpdates"/>, and
    /// <see cref="AlpacaMarketStreams"/>, which opens market-data streams.</summary>
    public static IServiceCollection AddAlpaca(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AlpacaOptions>()
            .Bind(configuration.GetSection(AlpacaOptions.Section))
            .PostConfigure(options =>
            {
                options.ApiKey = FirstOf(options.ApiKey, configuration["ALPACA_API_KEY"]);
                options.SecretKey = FirstOf(options.SecretKey, configuration["ALPACA_SECRET_KEY"]);
            })
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AlpacaOptions>, AlpacaOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton(static provider => new AlpacaTradingClient(Options(provider), Clock(provider)));
        services.AddSingleton(static provider => new AlpacaDataClient(Options(provider), Clock(provider)));
        services.AddSingleton(static provider => new AlpacaTradeUpdates(
            Options(provider), Clock(provider), provider.GetRequiredService<ILogger<AlpacaTradeUpdates>>()));
        services.AddSingleton(static provider => new AlpacaMarketStreams(
            Options(provider), Clock(provider), provider.GetRequiredService<ILogger<AlpacaMarketStream>>()));
        return services;
    }

    private static AlpacaOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AlpacaOptions>>().Value;

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static string FirstOf(string configured, string? fallback) =>
        string.IsNullOrWhiteSpace(configured) ? fallback ?? "" : configured;
}
