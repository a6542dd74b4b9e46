namespace StratForge.Gateway.Strategies;

/// <summary>What keeping strategies needs.</summary>
internal static class StrategyServices
{
    public static void AddStrategies(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StrategyStore>();
        builder.Services.AddSingleton<ValidationStore>();
        builder.Services.AddSingleton<ValidationDesk>();
    }
}
