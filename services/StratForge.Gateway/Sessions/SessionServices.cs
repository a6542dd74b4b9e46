using StratForge.Gateway.Jobs;

namespace StratForge.Gateway.Sessions;

/// <summary>What keeping sessions needs.</summary>
internal static class SessionServices
{
    public static void AddSessions(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SessionStore>();
        builder.Services.AddSingleton<JobStore>();
        builder.Services.AddSingleton<Subscriptions>();
        builder.Services.AddSingleton<SessionDesk>();
        builder.Services.AddHostedService<SessionSweeper>();
        builder.Services.AddHostedService<OrderSubscriptions>();
    }
}
