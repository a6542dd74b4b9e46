using System.Globalization;
using Microsoft.Extensions.Configuration;
using Npgsql;
using StackExchange.Redis;

namespace StratForge.ServiceDefaults.Data;

/// <summary>Connection strings in the forms people have them: Aspire's names, or a URL in one well-known variable.</summary>
internal static class ConnectionStrings
{
    /// <summary>The Postgres connection string of <paramref name="name"/>.</summary>
    /// <exception cref="InvalidOperationException">None is configured, or the URL is malformed or asks for what is not known here; says where to put it.</exception>
    public static string Postgres(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } given ? given
        : configuration["DATABASE_URL"] is { Length: > 0 } url ? FromPostgresUrl(url)
        : throw Missing(name, "DATABASE_URL");

    /// <summary>How to connect to the Redis of <paramref name="name"/>. Not as text: there a password with a comma would end at it.</summary>
    /// <exception cref="InvalidOperationException">None is configured, or the URL is malformed; says where to put it.</exception>
    public static ConfigurationOptions Redis(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } given ? ConfigurationOptions.Parse(given)
        : configuration["REDIS_URL"] is { Length: > 0 } url ? FromRedisUrl(url)
        : throw Missing(name, "REDIS_URL");

    private static string FromPostgresUrl(string url)
    {
        var uri = Parse(url, "DATABASE_URL", "postgresql", "postgres");
        var (user, password) = CredentialsOf(uri);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort ? 5432 : uri.Port,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        };
        if (user is not null)
        {
            builder.Username = user;
        }

        if (password is not null)
        {
            builder.Password = password;
        }

        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = part.Split('=', 2) is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (part, "");
            Take(builder, name, value);
        }

        return builder.ConnectionString;
    }

    // Named as libpq names them. What is not known is refused: left out, "verify-full" would silently become "if the server likes".
    private static void Take(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "sslmode" when Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) && Enum.IsDefined(mode):
                builder.SslMode = mode;
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            case "options":
                builder.Options = value;
                break;
            default:
                throw new InvalidOperationException(
                    $"DATABASE_URL has {name}={value}; it may have sslmode (disable to verify-full), sslrootcert, application_name and options.");
        }
    }

    private static ConfigurationOptions FromRedisUrl(string url)
    {
        var uri = Parse(url, "REDIS_URL", "redis", "rediss");
        var (user, password) = CredentialsOf(uri);
        if (user is not (null or "default"))
        {
            throw new InvalidOperationException($"REDIS_URL names the user {user}; only Redis's default user can be signed in.");
        }

        var number = uri.AbsolutePath.Trim('/');
        return new ConfigurationOptions
        {
            EndPoints = { { uri.Host, uri.Port > 0 ? uri.Port : 6379 } },
            Password = password,
            Ssl = uri.Scheme == "rediss",
            DefaultDatabase = number.Length == 0 ? null
                : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var database) ? database
                : throw new InvalidOperationException($"REDIS_URL ends in /{number}, which is not the number of a database."),
        };
    }

    private static (string? User, string? Password) CredentialsOf(Uri uri)
    {
        var credentials = uri.UserInfo.Split(':', 2);
        return (
            credentials[0].Length > 0 ? Uri.UnescapeDataString(credentials[0]) : null,
            credentials.Length > 1 ? Uri.UnescapeDataString(credentials[1]) : null);
    }

    private static Uri Parse(string url, string variable, params string[] schemes) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme)
            ? uri
            : throw new InvalidOperationException($"{variable} is not a URL that begins with {schemes[0]}://.");

    private static InvalidOperationException Missing(string name, string variable) =>
        new($"No connection string: set ConnectionStrings__{name} or {variable}.");
}
