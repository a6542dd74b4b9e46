using Npgsql;
using StratForge.LocalHosting.BackingServices;
using StratForge.Schema;
using Xunit;

namespace StratForge.Testing;

/// <summary>A database with the platform's schema and nothing in it, for one test class: take it as <c>IClassFixture</c>.</summary>
/// <remarks>
/// One Postgres server serves a test process; it is started for the first class that wants it, installed where that is possible, and ends
/// with the process. <c>DATABASE_URL</c> names another server to create the databases on; its user has to be allowed to.
/// </remarks>
public sealed class FreshDatabase : IAsyncLifetime
{
    private static readonly Lazy<Task<Server>> s_server = new(Server.StartAsync);

    private Server? _server;
    private NpgsqlDataSource? _dataSource;

    public string Name { get; } = $"test_{System.Security.Cryptography.RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    public string ConnectionString => (_server ?? throw NotYet()).ConnectionStringOf(Name);

    public NpgsqlDataSource DataSource => _dataSource ?? throw NotYet();

    public async Task InitializeAsync()
    {
        _server = await s_server.Value;
        await _server.CreateAsync(Name);
        _dataSource = NpgsqlDataSource.Create(_server.ConnectionStringOf(Name));
    }

    public async Task DisposeAsync()
    {
        if (_dataSource is not null)
        {
            await _dataSource.DisposeAsync();
            await _server!.DropAsync(Name);
        }
    }

    /// <summary>Runs SQL that answers nothing.</summary>
    /// <param name="sql">With values as <c>$1</c>, <c>$2</c>.</param>
    /// <param name="values">Null is SQL's null.</param>
    public async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row; default where there is none or it is null.</summary>
    public async Task<T?> ValueAsync<T>(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        return command;
    }

    private static InvalidOperationException NotYet() => new("The database is there once the fixture is initialised.");

    private sealed class Server(string connectionString)
    {
        private const string Template = "stratforge_template";

        // Copying a migrated database takes a tenth of the time of migrating one; a server that is not ours gets no template of ours.
        private bool _hasTemplate;

        public static async Task<Server> StartAsync()
        {
            if (Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } given)
            {
                return new Server(PostgresAddress.Parse(given));
            }

            var server = new Server((await LocalPostgres.StartAsync()).ConnectionString);
            await server.AdministerAsync($"create database {Template}");
            await server.MigrateAsync(Template);
            server._hasTemplate = true;
            return server;
        }

        public string ConnectionStringOf(string database) =>
            new NpgsqlConnectionStringBuilder(connectionString) { Database = database, IncludeErrorDetail = true, MaxPoolSize = 30 }.ConnectionString;

        public async Task CreateAsync(string database)
        {
            if (_hasTemplate)
            {
                await AdministerAsync($"create database {database} template {Template}");
                return;
            }

            await AdministerAsync($"create database {database}");
            await MigrateAsync(database);
        }

        public Task DropAsync(string database) => AdministerAsync($"drop database if exists {database} with (force)");

        private async Task MigrateAsync(string database)
        {
            await using var dataSource = NpgsqlDataSource.Create(ConnectionStringOf(database) + ";Pooling=false");
            await new Migrator(dataSource, TimeProvider.System).MigrateAsync(CancellationToken.None);
        }

        private async Task AdministerAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
