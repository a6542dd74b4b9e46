namespace StratForge.Gateway.Sessions;

/// <summary>What keeping sessions needs.</summary>
internal static class SessionServices
{
    public static void AddSessions(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<SessionStore>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<SessionDesk>();
        services.AddSingleton<SessionLogs>();
        services.AddSingleton<LogFollowers>();
        services.AddSingleton<PerformanceStore>();
        services.AddHostedService<SessionSweeper>();
        services.AddHostedService<OrderSubscriptions>();
        AddHosted<SessionTeller>(services);
        AddHosted<WindingUp>(services);
        AddHosted<HypotheticalBooks>(services);
    }

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
