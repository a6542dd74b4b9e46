using Npgsql;

namespace StratForge.ServiceDefaults.Data;

/// <summary>A Postgres server by its URL.</summary>
internal static class PostgresUrl
{
    /// <param name="url"><c>postgresql://user:password@host:port/database</c> and libpq's options behind it.</param>
    /// <param name="what">What it is, for a sentence about what is wrong with it.</param>
    /// <exception cref="InvalidOperationException">It is malformed, or asks for what is not known here. The sentence holds no password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string url, string what)
    {
        var store = StoreUrl.Parse(url, what, "postgresql", "postgres");
        var builder = new NpgsqlConnectionStringBuilder { Host = store.Uri.Host, Port = store.PortOr(5432) };
        if (store.User is { } user)
        {
            builder.Username = user;
        }

        if (store.Password is { } password)
        {
            builder.Password = password;
        }

        if (store.Uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            builder.Database = Uri.UnescapeDataString(database);
        }

        foreach (var (name, value) in store.Options)
        {
            Take(builder, what, name, value);
        }

        return builder;
    }

    // Named as libpq names them. What is not known is refused: left out, "verify-full" would silently become "if the server likes".
    private static void Take(NpgsqlConnectionStringBuilder builder, string what, string name, string value)
    {
        switch (name)
        {
            case "sslmode" when Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) && Enum.IsDefined(mode):
                builder.SslMode = mode;
                break;
            case "sslmode":
                throw new InvalidOperationException($"{what} has sslmode={value}; it may be disable, allow, prefer, require, verify-ca or verify-full.");
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
                    $"{what} has the option {name}; it may have sslmode, sslrootcert, application_name and options. "
                    + "A connection string such as 'Host=...;Username=...' takes all that Npgsql knows.");
        }
    }
}
