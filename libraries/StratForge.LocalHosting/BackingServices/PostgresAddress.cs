namespace StratForge.LocalHosting.BackingServices;

/// <summary>Postgres addresses as people write them.</summary>
public static class PostgresAddress
{
    /// <param name="text"><c>postgresql://user:password@host:port/database</c>, or a connection string already.</param>
    /// <returns>A connection string.</returns>
    /// <exception cref="DistributedApplicationException">Neither of the two, or an address with options unknown here.</exception>
    public static string Parse(string text) => NativePostgres.Parse(text).ConnectionString;
}
