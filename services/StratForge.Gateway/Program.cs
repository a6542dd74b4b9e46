using StratForge.Gateway.Alerts;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Dashboard;
using StratForge.Gateway.Demo;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Idempotency;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Internal;
using StratForge.Gateway.Jobs;
using StratForge.Gateway.Market;
using StratForge.Gateway.Portfolio;
using StratForge.Gateway.Reconciliation;
using StratForge.Gateway.Retention;
using StratForge.Gateway.Risk;
using StratForge.Gateway.Sessions;
using StratForge.Gateway.Strategies;
using StratForge.Gateway.Streams;
using StratForge.Gateway.Streams.Wires;
using StratForge.Gateway.Orders;
using StratForge.Gateway.Users;

namespace StratForge.Gateway;

/// <summary>The gateway, put together: one line per feature, and the order in which a request passes through what all of them share.</summary>
internal static class Program
{
    public static Task Main(string[] args) => Build(args).RunAsync();

    /// <summary>Builds it, ready to run.</summary>
    /// <param name="args">Command line; overrides settings and environment.</param>
    /// <param name="adjust">Last word on the services, for tests that own the clock.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        // What is set on a connection here ends with its transaction or is taken back by whoever set it: there is nothing to reset.
        builder.AddNpgsqlDataSource("stratforge", configureDataSourceBuilder: static database => database.ConnectionStringBuilder.NoResetOnClose = true);
        builder.AddRedisClient("redis");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = Limits.MaxBodyBytes;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(ConnectionHandover.Around));
        });
        builder.Services.AddApiJson();
        builder.Services.AddFailureAnswers();
        builder.Services.AddGatewayHealth();
        builder.Services.AddApiDocument();
        builder.AddRateLimits();
        builder.AddOrigins();

        builder.AddIdentity();
        builder.AddIdempotency();
        builder.AddMarket();
        builder.AddJobs();
        builder.AddStrategies();
        builder.AddSessions();
        builder.AddPortfolio();
        builder.AddOrders();
        builder.AddReconciliation();
        builder.AddRisk();
        builder.AddUsers();
        builder.AddInternal();
        builder.AddAlerts();
        builder.AddRetention();
        builder.AddStreams();
        builder.AddDashboard();
        builder.AddDemo();
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.ListenOnConfiguredAddresses();

        app.UseTrustedProxies();
        app.UseSecurityHeaders();
        app.UseFailureAnswers();
        app.UseInternalPortGuard();
        app.UseRouting();
        app.UseIntakeLane();
        app.UseLeaderForwarding();
        app.UseCors();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseIdempotencyKeys();

        app.MapGatewayHealth();
        app.MapMetrics();
        app.MapApiDocument();
        var api = app.MapGroup("").WithRequestValidation();
        api.MapIdentity();
        api.MapStrategies();
        api.MapSessions();
        api.MapPortfolio();
        api.MapOrders();
        api.MapReconciliation();
        api.MapRisk();
        api.MapUsers();
        app.MapInternal();
        api.MapMarket();
        api.MapAlerts();
        api.MapStreams();
        api.MapVersion();
        app.MapDashboard();
        return app;
    }
}
