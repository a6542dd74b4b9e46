namespace StratForge.Gateway.Market;

/// <summary>What showing and valuing the market needs.</summary>
internal static class MarketServices
{
    public static void AddMarket(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CandleStore>();
        builder.Services.AddSingleton<CoverageStore>();
        builder.Services.AddSingleton<TradingStatusStore>();
        builder.Services.AddSingleton<IndicatorDesk>();
        builder.Services.AddSingleton<BarWriter>();
        builder.Services.AddSingleton<BarImport>();
        builder.Services.AddSingleton<MarketJobStore>();
        builder.Services.AddSingleton<IBarHistory, AlpacaBarHistory>();
        builder.Services.AddHostedService<Downloads>();
        builder.Services.AddSingleton<LastPrices>();
        builder.Services.AddSingleton<VenuePrices>();
        builder.Services.AddHostedService<QuietPrices>();
    }
}
