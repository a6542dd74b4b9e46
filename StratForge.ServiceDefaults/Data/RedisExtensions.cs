using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;
using StratForge.ServiceDefaults.Data;

namespace Microsoft.Extensions.Hosting;

/// <summary>Redis for a service, under the name that Aspire's own client integration uses.</summary>
public static class RedisExtensions
{
    /// <summary>Registers an <see cref="IConnectionMultiplexer"/> that keeps trying to connect, the <see cref="ConfigurationOptions"/> that it
    /// connects by, and its health check <c>StackExchange.Redis</c>.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">Name of the connection string.</param>
    /// <param name="configureOptions">Last word on the options.</param>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        builder.Services.AddSingleton(services =>
        {
            var options = ConnectionStrings.Redis(services.GetRequiredService<IConfiguration>(), connectionName);
            // A service outlives its bus: it starts without it and finds it when it comes (back).
            options.AbortOnConnectFail = false;
            configureOptions?.Invoke(options);
            return options;
        });
        builder.Services.AddSingleton<IConnectionMultiplexer>(
            services => ConnectionMultiplexer.Connect(services.GetRequiredService<ConfigurationOptions>()));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "StackExchange.Redis",
            services => new RedisCheck(services.GetRequiredService<IConnectionMultiplexer>()),
            failureStatus: null,
            tags: null));
    }

    private sealed class RedisCheck(IConnectionMultiplexer redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await redis.GetDatabase().PingAsync();
                return HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy("Redis does not answer.", exception);
            }
        }
    }
}
