using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratForge.Contracts.Market;

namespace StratForge.Alpaca;

/// <summary>Registers the client.</summary>
public static class AlpacaServiceCollectionExtensions
{
    /// <summary>Adds <see cref="AlpacaOptions"/> from section <c>Broker</c>, checked at start, and as singletons
    /// <see cref="AlpacaTradingClient"/>, <see cref="AlpacaDataClient"/>, <see cref="AlpacaTradeUpdates"/>, and the market-data
    /// streams as <see cref="AlpacaMarketStream"/> keyed by <see cref="AssetClass"/>.</summary>
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
        services.AddKeyedSingleton(AssetClass.Stock, static (provider, _) => StreamOf(provider, Options(provider).StockStreamUrl));
        services.AddKeyedSingleton(AssetClass.Crypto, static (provider, _) => StreamOf(provider, Options(provider).CryptoStreamUrl));
        return services;
    }

    private static AlpacaMarketStream StreamOf(IServiceProvider provider, Uri endpoint) =>
        new(endpoint, Options(provider), Clock(provider), provider.GetRequiredService<ILogger<AlpacaMarketStream>>());

    private static AlpacaOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AlpacaOptions>>().Value;

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static string FirstOf(string configured, string? fallback) =>
        string.IsNullOrWhiteSpace(configured) ? fallback ?? "" : configured;
}
