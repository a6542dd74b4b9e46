using Microsoft.Extensions.Configuration;
using Npgsql;
using StratForge.LocalHosting.ApplicationModel;
using StratForge.LocalHosting.Running;
using StratForge.ServiceDefaults.Data;

namespace StratForge.LocalHosting.BackingServices;

internal sealed class NativePostgres(PostgresServerResource resource) : INativeServer
{
    private static readonly string[] s_packages = ["postgresql"];

    private (string Path, bool Durable)? _data;

    public bool IsGiven => resource.Given is not null;

    public string InstallHint => OperatingSystem.IsMacOS() ? "brew install postgresql@17" : "apt-get install postgresql";

    public IProbe Probe => new ServerProbe($"{resource.Name}_check", AskAsync, resource.PrimaryEndpoint.EndpointAnnotation);

    public void Adopt(IConfiguration configuration)
    {
        var (text, database) = Given(configuration);
        if (text is null)
        {
            return;
        }

        var given = Parse(text);
        if (database is not null && given.Database is { Length: > 0 } name)
        {
            database.DatabaseName = name;
        }

        given.Remove("Database");
        resource.Given = given;
    }

    public async Task<LaunchPlan?> PlanAsync(ServerContext context, CancellationToken cancellationToken)
    {
        _data ??= DataFolder.Of(resource, context.Data);
        var userName = await resource.UserNameReference.GetValueAsync(cancellationToken) ?? "postgres";
        var spec = new PostgresSpec(_data.Value.Path, context.Port, userName, resource.PasswordParameter.Value, _data.Value.Durable);
        return await PostgresServer.PlanAsync(spec, context.Inherited, context.Write, cancellationToken);
    }

    public static async Task InstallAsync(Action<string> say, Action<string> write, CancellationToken cancellationToken) =>
        await AptInstaller.InstallAsync(
            "Postgres", s_packages, () => Programs.Folders("/usr/lib/postgresql", "*", "bin").Any(folder => Programs.IsExecutable(Path.Combine(folder, "initdb"))),
            say, write, cancellationToken);

    /// <exception cref="DistributedApplicationException">Neither an address nor a connection string, or an address with options unknown here.</exception>
    internal static NpgsqlConnectionStringBuilder Parse(string text)
    {
        if (!text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                return new NpgsqlConnectionStringBuilder(text);
            }
            catch (ArgumentException exception)
            {
                throw new DistributedApplicationException($"The Postgres connection string given can't be read: {exception.Message}", exception);
            }
        }

        try
        {
            return PostgresUrl.Parse(text, "The Postgres address given");
        }
        catch (InvalidOperationException exception)
        {
            throw new DistributedApplicationException(exception.Message, exception);
        }
    }

    private (string? Text, PostgresDatabaseResource? Database) Given(IConfiguration configuration)
    {
        if (configuration.GetConnectionString(resource.Name) is { Length: > 0 } server)
        {
            return (server, null);
        }

        foreach (var database in resource.DatabaseResources)
        {
            if (configuration.GetConnectionString(database.Name) is { Length: > 0 } text)
            {
                return (text, database);
            }
        }

        return configuration["DATABASE_URL"] is { Length: > 0 } url ? (url, resource.DatabaseResources.FirstOrDefault()) : (null, null);
    }

    private async Task AskAsync(int? port, CancellationToken cancellationToken)
    {
        var text = await resource.ConnectionStringExpression.GetValueAsync(cancellationToken);
        var settings = new NpgsqlConnectionStringBuilder(text) { Pooling = false, Timeout = 5 };
        if (!IsGiven)
        {
            settings.Database = "postgres";
        }
        else if (resource.DatabaseResources.FirstOrDefault() is { } database)
        {
            settings.Database = database.DatabaseName;
        }

        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (PostgresException exception) when (IsGiven && exception.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            // The server answers; the database is created next.
        }
    }
}

/// <summary>Creates the databases of a server that has become healthy.</summary>
internal static class DatabaseCreation
{
    /// <exception cref="DistributedApplicationException">The server refused.</exception>
    public static async Task EnsureAsync(PostgresDatabaseResource database, Action<string> write, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(await database.Parent.ConnectionStringExpression.GetValueAsync(cancellationToken))
        {
            Pooling = false,
        };
        try
        {
            // A database that is there answers at once, and needs no right to look into the server's catalogue.
            settings.Database = database.DatabaseName;
            await using var existing = new NpgsqlConnection(settings.ConnectionString);
            await existing.OpenAsync(cancellationToken);
            return;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
        }

        var script = database.TryGetLastAnnotation<PostgresCreateDatabaseScriptAnnotation>(out var annotation)
            ? annotation.Script
            : $"create database \"{database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        try
        {
            settings.Database = "postgres";
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(script, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            write($"Created database {database.DatabaseName}.");
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
        }
        catch (PostgresException exception)
        {
            throw new DistributedApplicationException($"The database '{database.DatabaseName}' could not be created: {exception.MessageText}", exception);
        }
    }
}
