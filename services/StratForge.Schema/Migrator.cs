using System.Data;
using System.Diagnostics;
using Npgsql;

namespace StratForge.Schema;

/// <summary>Brings a database to the version of this assembly's scripts, one script per transaction, under a lock that lets one
/// process at a time do so.</summary>
/// <param name="database">The database to bring up to date.</param>
/// <param name="clock">Time of application, for the record.</param>
public sealed class Migrator(NpgsqlDataSource database, TimeProvider clock)
{
    // Any number, as long as it is the same for everyone who migrates; these are the bytes of "schema".
    private const long LockKey = 0x736368656d61;

    /// <summary>Applies what is missing.</summary>
    /// <returns>Names of the scripts applied now; empty when the database was up to date.</returns>
    /// <exception cref="SchemaDriftException">The database does not descend from these scripts.</exception>
    /// <exception cref="ScriptFailedException">A script failed; its transaction was rolled back, earlier ones stand.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken) =>
        MigrateAsync(Script.All, cancellationToken);

    internal async Task<IReadOnlyList<string>> MigrateAsync(
        IReadOnlyList<Script> scripts, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            await ExecuteAsync(connection, """
                create table if not exists schema_scripts (
                    name       text primary key,
                    checksum   text not null,
                    applied_at timestamptz not null,
                    took_ms    integer not null
                )
                """, cancellationToken);

            var applied = await ReadAppliedAsync(connection, cancellationToken);
            SchemaDriftException.ThrowIfDrifted(scripts, applied);

            var news = scripts.Skip(applied.Count).ToArray();
            foreach (var script in news)
            {
                await ApplyAsync(connection, script, cancellationToken);
            }

            return [.. news.Select(script => script.Name)];
        }
        finally
        {
            await UnlockAsync(connection);
        }
    }

    // A connection that broke holds no lock any more, and why it broke is what the caller has to hear of.
    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        if (connection.State == ConnectionState.Open)
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    private static async Task<IReadOnlyList<AppliedScript>> ReadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select name, checksum from schema_scripts order by name", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new List<AppliedScript>();
        while (await rows.ReadAsync(cancellationToken))
        {
            applied.Add(new AppliedScript(rows.GetString(0), rows.GetString(1)));
        }

        return applied;
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Script script, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await ExecuteAsync(connection, script.Sql, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new ScriptFailedException(script, exception);
        }

        await using var record = new NpgsqlCommand(
            "insert into schema_scripts (name, checksum, applied_at, took_ms) values ($1, $2, $3, $4)", connection);
        record.Parameters.Add(new() { Value = script.Name });
        record.Parameters.Add(new() { Value = script.Checksum });
        record.Parameters.Add(new() { Value = clock.GetUtcNow() });
        record.Parameters.Add(new() { Value = (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds });
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // However long it takes: a new index over millions of rows is minutes, and so is waiting for somebody else who makes one.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
