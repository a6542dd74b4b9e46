namespace StratForge.Gateway.Portfolio;

/// <summary>What showing portfolios needs.</summary>
internal static class PortfolioServices
{
    public static void AddPortfolio(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PortfolioStore>();
        builder.Services.AddSingleton<PortfolioDesk>();
        builder.Services.AddSingleton<TradeStore>();
        builder.Services.AddSingleton<SignalStore>();
        builder.Services.AddSingleton<LedgerStore>();
        builder.Services.AddSingleton<StatementStore>();
        builder.Services.AddSingleton<AccountResets>();
        builder.Services.AddHostedService<EquitySampler>();
    }
}
