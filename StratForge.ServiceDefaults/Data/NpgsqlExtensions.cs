using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using StratForge.ServiceDefaults.Data;

namespace Microsoft.Extensions.Hosting;

/// <summary>Postgres for a service, under the name that Aspire's own client integration uses.</summary>
public static class NpgsqlExtensions
{
    /// <summary>Registers an <see cref="NpgsqlDataSource"/> and its health check <c>PostgreSql</c>.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">Name of the connection string.</param>
    /// <param name="configureDataSourceBuilder">Last word on the data source.</param>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        builder.Services.AddSingleton(services => Build(services, connectionName, configureDataSourceBuilder));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "PostgreSql",
            services => new PostgresCheck(services.GetRequiredService<NpgsqlDataSource>()),
            failureStatus: null,
            tags: null));
    }

    /// <summary>Registers a further <see cref="NpgsqlDataSource"/>, for what needs connections of its own. Its key is the connection's name.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="name">Name of the connection string, and the key.</param>
    /// <param name="configureDataSourceBuilder">Last word on the data source.</param>
    public static void AddKeyedNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string name,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) =>
        builder.Services.AddKeyedSingleton(name, (services, _) => Build(services, name, configureDataSourceBuilder));

    private static NpgsqlDataSource Build(IServiceProvider services, string connectionName, Action<NpgsqlDataSourceBuilder>? configure)
    {
        var source = new NpgsqlDataSourceBuilder(ConnectionStrings.Postgres(services.GetRequiredService<IConfiguration>(), connectionName));
        source.UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
        configure?.Invoke(source);
        return source.Build();
    }

    private sealed class PostgresCheck(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return HealthCheckResult.Unhealthy("Postgres does not answer.", exception);
            }
        }
    }
}
