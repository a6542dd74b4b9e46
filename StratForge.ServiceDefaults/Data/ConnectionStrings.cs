using Microsoft.Extensions.Configuration;

namespace StratForge.ServiceDefaults.Data;

/// <summary>Connection strings in the forms people have them: Aspire's names, or a URL in one well-known variable.</summary>
internal static class ConnectionStrings
{
    /// <summary>The Postgres connection string of <paramref name="name"/>.</summary>
    /// <exception cref="InvalidOperationException">None is configured, or the URL is malformed; says where to put it.</exception>
    public static string Postgres(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } given ? given
        : configuration["DATABASE_URL"] is { Length: > 0 } url ? FromPostgresUrl(url)
        : throw Missing(name, "DATABASE_URL");

    /// <summary>The Redis configuration string of <paramref name="name"/>.</summary>
    /// <exception cref="InvalidOperationException">None is configured, or the URL is malformed; says where to put it.</exception>
    public static string Redis(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } given ? given
        : configuration["REDIS_URL"] is { Length: > 0 } url ? FromRedisUrl(url)
        : throw Missing(name, "REDIS_URL");

    private static string FromPostgresUrl(string url)
    {
        var uri = Parse(url, "DATABASE_URL", "postgresql", "postgres");
        var credentials = uri.UserInfo.Split(':', 2);
        var builder = new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort ? 5432 : uri.Port,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        };
        if (credentials[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(credentials[0]);
        }

        if (credentials.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(credentials[1]);
        }

        return builder.ConnectionString;
    }

    private static string FromRedisUrl(string url)
    {
        var uri = Parse(url, "REDIS_URL", "redis", "rediss");
        var password = uri.UserInfo.Split(':', 2) is [_, var secret] ? $",password={Uri.UnescapeDataString(secret)}" : "";
        var tls = uri.Scheme == "rediss" ? ",ssl=true" : "";
        var database = uri.AbsolutePath.Trim('/') is { Length: > 0 } number ? $",defaultDatabase={number}" : "";
        return $"{uri.Host}:{(uri.Port > 0 ? uri.Port : 6379)}{password}{tls}{database}";
    }

    private static Uri Parse(string url, string variable, params string[] schemes) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme)
            ? uri
            : throw new InvalidOperationException($"{variable} is not a URL that begins with {schemes[0]}://.");

    private static InvalidOperationException Missing(string name, string variable) =>
        new($"No connection string: set ConnectionStrings__{name} or {variable}.");
}
