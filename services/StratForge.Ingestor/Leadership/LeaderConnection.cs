using System.Data;
using Npgsql;

namespace StratForge.Ingestor.Leadership;

/// <summary>The connection that holds the leader's lock, and the only one through which a leader writes. The server releases the
/// lock when the connection ends, however it ends; until then no other instance can lead.</summary>
internal sealed class LeaderConnection : IAsyncDisposable
{
    // The same for all instances and for nobody else: the bytes of "ingest".
    private const long LockKey = 0x696e67657374;

    private readonly NpgsqlConnection _connection;
    private readonly SemaphoreSlim _use = new(1, 1);

    private LeaderConnection(NpgsqlConnection connection) => _connection = connection;

    /// <summary>False once the connection, and the lock with it, is gone.</summary>
    public bool IsAlive => _connection.FullState.HasFlag(ConnectionState.Open) && !_connection.FullState.HasFlag(ConnectionState.Broken);

    /// <summary>Waits until no other instance leads.</summary>
    /// <param name="database">Where the lock is.</param>
    /// <param name="retryAfter">How often to ask. A waiting statement would hold back the database's housekeeping, so we ask again instead.</param>
    /// <param name="clock">What to wait on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<LeaderConnection> TakeAsync(
        NpgsqlDataSource database, TimeSpan retryAfter, TimeProvider clock, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using (var patience = new NpgsqlCommand(
                "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3", connection))
            {
                // So that the server notices within seconds when our machine is gone and cannot say so.
                await patience.ExecuteNonQueryAsync(cancellationToken);
            }

            await using var ask = new NpgsqlCommand($"select pg_try_advisory_lock({LockKey})", connection);
            while (await ask.ExecuteScalarAsync(cancellationToken) is not true)
            {
                await Task.Delay(retryAfter, clock, cancellationToken);
            }

            return new LeaderConnection(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does one thing on the connection; things wait for each other.</summary>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await _use.WaitAsync(cancellationToken);
        try
        {
            return await work(_connection);
        }
        finally
        {
            _use.Release();
        }
    }

    /// <summary>Returns when the connection is gone.</summary>
    public async Task WatchAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (IsAlive && await timer.WaitForNextTickAsync(cancellationToken))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The pool resets a returned connection only when it is used again; until then nobody could lead.
            if (IsAlive)
            {
                await using var release = new NpgsqlCommand($"select pg_advisory_unlock({LockKey})", _connection);
                await release.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        catch (Exception gone) when (gone is NpgsqlException or IOException or InvalidOperationException)
        {
            // The server gave the lock back when the connection broke.
        }

        await _connection.DisposeAsync();
        _use.Dispose();
    }
}
