using Microsoft.Extensions.Options;
using Npgsql;

namespace StratForge.Worker.Sessions;

/// <summary>This worker's one lease, under which it holds all its sessions: a row that says until when, and a lock that says it lives.</summary>
/// <remarks>The lock is held by the connection of the heartbeat. When the process dies the connection goes with it, and others need not wait
/// for the lease to run out. When only the connection breaks, heartbeats go on over a new one before anybody draws a conclusion.</remarks>
internal sealed partial class WorkerLease(
    NpgsqlDataSource database, IOptions<WorkerOptions> options, TimeProvider clock, ILogger<WorkerLease> logger) : IAsyncDisposable
{
    // A connection that takes longer than this is as good as broken; the lease lasts for two more attempts.
    private const int PatienceSeconds = 3;

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private NpgsqlConnection? _connection;
    private bool _locked;

    /// <summary>Name of this worker: machine, process, and a number of its own.</summary>
    public string Owner { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7(clock.GetUtcNow()):n}";

    /// <summary>Says that the worker lives. One statement, whatever the number of its sessions.</summary>
    /// <param name="leaving">Whether it goes down: others then share its sessions without it.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NpgsqlException">It could not be said; the next attempt uses a new connection.</exception>
    public async Task BeatAsync(bool leaving, CancellationToken cancellationToken)
    {
        try
        {
            var connection = _connection ??= await database.OpenConnectionAsync(cancellationToken);
            await LockAsync(connection, cancellationToken);
            await using var command = new NpgsqlCommand("""
                insert into workers (id, capacity, presence_key, started_at, seen_at, lease_expires_at, leaving)
                values ($1, $2, hashtextextended('worker:' || $1, 0), $3, now(), now() + $4, $5)
                on conflict (id) do update
                set seen_at = excluded.seen_at, lease_expires_at = excluded.lease_expires_at, leaving = excluded.leaving
                """, connection) { CommandTimeout = PatienceSeconds };
            command.Parameters.Add(new() { Value = Owner });
            command.Parameters.Add(new() { Value = options.Value.MaxSessions });
            command.Parameters.Add(new() { Value = _startedAt });
            command.Parameters.Add(new() { Value = options.Value.Lease });
            command.Parameters.Add(new() { Value = leaving });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            await CloseAsync();
            throw;
        }
    }

    /// <summary>The worker is gone, and holds nothing.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "delete from workers w where w.id = $1 or w.lease_expires_at < now() - interval '1 day'");
        command.Parameters.Add(new() { Value = Owner });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await CloseAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    // The server may still hold the lock for a connection of ours that broke: heartbeats must not wait for that, so each tries again.
    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_locked)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            "select pg_try_advisory_lock(hashtextextended('worker:' || $1, 0))", connection) { CommandTimeout = PatienceSeconds };
        command.Parameters.Add(new() { Value = Owner });
        _locked = await command.ExecuteScalarAsync(cancellationToken) is true;
        if (!_locked)
        {
            LogNoLock(Owner);
        }
    }

    private async Task CloseAsync()
    {
        _locked = false;
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The lock of {Owner} is still held by its broken connection; heartbeats alone say that it lives")]
    private partial void LogNoLock(string owner);
}
