using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace StratForge.ServiceDefaults.Data;

/// <summary>Connection strings in the forms people have them: Aspire's names, or a URL in one well-known variable.</summary>
internal static class ConnectionStrings
{
    /// <summary>The Postgres connection string of <paramref name="name"/>.</summary>
    /// <exception cref="InvalidOperationException">None is configured, or the URL is malformed or asks for what is not known here; says where to put it.</exception>
    public static string Postgres(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } given ? given
        : configuration["DATABASE_URL"] is { Length: > 0 } url ? PostgresUrl.Parse(url, "DATABASE_URL").ConnectionString
        : throw Missing(name, "DATABASE_URL");

    /// <summary>How to connect to the Redis of <paramref name="name"/>. Not as text: there a password with a comma would end at it.</summary>
    /// <exception cref="InvalidOperationException">None is configured, or the URL is malformed; says where to put it.</exception>
    public static ConfigurationOptions Redis(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } given ? ConfigurationOptions.Parse(given)
        : configuration["REDIS_URL"] is { Length: > 0 } url ? FromRedisUrl(url)
        : throw Missing(name, "REDIS_URL");

    private static ConfigurationOptions FromRedisUrl(string text)
    {
        var url = RedisUrl.Parse(text, "REDIS_URL");
        return new ConfigurationOptions
        {
            EndPoints = { { url.Host, url.Port } },
            Password = url.Password,
            Ssl = url.IsSecured,
            DefaultDatabase = url.Database,
        };
    }

    private static InvalidOperationException Missing(string name, string variable) =>
        new($"No connection string: set ConnectionStrings__{name} or {variable}.");
}
