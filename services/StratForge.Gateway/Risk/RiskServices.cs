using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Risk;

/// <summary>What limits and switches need.</summary>
internal static class RiskServices
{
    public static void AddRisk(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RiskStore>();
        services.AddSingleton<RiskBooks>();
        // First of them: the others look into what it reads.
        services.AddHostedService<RiskRefresh>();
        services.AddSingleton<DayOpenings>();
        services.AddHostedService(provider => provider.GetRequiredService<DayOpenings>());
        services.AddSingleton<StoredWorths>();
        services.AddHostedService(provider => provider.GetRequiredService<StoredWorths>());
        services.AddSingleton<IAccountWorths>(provider => provider.GetRequiredService<StoredWorths>());
        services.AddSingleton<DayPnl>();
        services.AddSingleton<RiskDesk>();
        services.AddSingleton<IRiskDesk>(provider => provider.GetRequiredService<RiskDesk>());
        services.AddSingleton<FreshPrices>();
        services.AddSingleton<Switchboard>();

        services.AddSingleton<ClosingStore>();
        services.AddSingleton<IClosingDesk, ClosingDesk>();
        services.AddSingleton<Flattening>();
        services.AddHostedService(provider => provider.GetRequiredService<Flattening>());
    }
}
