using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Retention;

/// <summary>One round through the tables: deletes what is old, batch by batch, with pauses. It remembers nothing, so it may be cut off anywhere.</summary>
/// <param name="store">Deletes.</param>
/// <param name="options">What is old.</param>
/// <param name="goesOn">Whether it is still this gateway's to do.</param>
/// <param name="clock">Says how old, and measures the pauses.</param>
internal sealed class RetentionRun(RetentionStore store, RetentionOptions options, Func<bool> goesOn, TimeProvider clock)
{
    private const int SessionsAtOnce = 50;
    private const int UsersAtOnce = 200;

    private readonly SortedDictionary<string, long> _deleted = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _now = clock.Now();
    private bool _isOver;

    /// <summary>Rows deleted so far, by table.</summary>
    public IReadOnlyDictionary<string, long> Deleted => _deleted;

    /// <summary>Goes through all of them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Before(options.SessionLogs) is { } logsBefore)
        {
            await ClearSessionsAsync(SessionRemains.Logs, logsBefore, cancellationToken);
        }

        if (Before(options.UserEvents) is { } eventsBefore)
        {
            await ClearEventsAsync(eventsBefore, cancellationToken);
        }

        if (Before(options.Tapes) is { } tapesBefore)
        {
            await ClearSessionsAsync(SessionRemains.Tape, tapesBefore, cancellationToken);
        }

        if (Before(options.RoutingDecisions) is { } decisionsBefore)
        {
            await DrainAsync("routing_decisions", limit => store.DeleteDecisionsAsync(decisionsBefore, limit, cancellationToken), cancellationToken);
        }

        if (Before(options.BrokerOrders) is { } ordersBefore)
        {
            await DrainAsync("broker_orders", limit => store.DeleteBrokerOrdersAsync(ordersBefore, limit, cancellationToken), cancellationToken);
        }

        if (Before(options.Jobs) is { } jobsBefore)
        {
            foreach (var table in (string[])["worker_jobs", "market_data_jobs"])
            {
                await DrainAsync(table, limit => store.DeleteJobsAsync(table, jobsBefore, limit, cancellationToken), cancellationToken);
            }
        }
    }

    private DateTimeOffset? Before(TimeSpan? kept) => kept is { } span && span > TimeSpan.Zero ? _now - span : null;

    // Once it is over it stays over: a gateway that leads again begins a new one.
    private bool GoesOn() => !(_isOver |= !goesOn());

    private async Task ClearSessionsAsync(SessionRemains remains, DateTimeOffset before, CancellationToken cancellationToken)
    {
        EndedSession? last = null;
        while (GoesOn() && await store.ListEndedAsync(remains, before, last, SessionsAtOnce, cancellationToken) is { Count: > 0 } ended)
        {
            last = ended[^1];
            var ids = await store.MarkGoneAsync(remains, ended, _now, cancellationToken);
            foreach (var table in remains.Tables)
            {
                await DrainAsync(table, limit => store.DeleteOfSessionsAsync(table, ids, limit, cancellationToken), cancellationToken);
            }

            if (remains == SessionRemains.Tape)
            {
                await DrainAsync("user_events", limit => store.DeleteUntoldAsync(ids, limit, cancellationToken), cancellationToken);
            }

            if (GoesOn())
            {
                await store.MarkClearedAsync(remains, ids, cancellationToken);
            }
        }
    }

    private async Task ClearEventsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        Guid? last = null;
        while (GoesOn() && await store.ListUsersWithOldEventsAsync(before, last, UsersAtOnce, cancellationToken) is { Count: > 0 } users)
        {
            last = users[^1];
            foreach (var user in users)
            {
                await DrainAsync(
                    "user_events",
                    async limit =>
                    {
                        var (passed, deleted) = await store.DeleteEventsAsync(user, before, limit, cancellationToken);
                        return (passed == limit, deleted);
                    },
                    cancellationToken);
            }
        }
    }

    private Task DrainAsync(string table, Func<int, Task<int>> deleteAsync, CancellationToken cancellationToken) => DrainAsync(
        table,
        async limit =>
        {
            var deleted = await deleteAsync(limit);
            return (deleted == limit, deleted);
        },
        cancellationToken);

    private async Task DrainAsync(string table, Func<int, Task<(bool IsFull, int Deleted)>> deleteAsync, CancellationToken cancellationToken)
    {
        var isFull = true;
        while (isFull && GoesOn())
        {
            var began = clock.GetTimestamp();
            (isFull, var deleted) = await deleteAsync(options.Batch);
            var took = clock.GetElapsedTime(began);
            if (deleted == 0)
            {
                continue;
            }

            _deleted[table] = _deleted.GetValueOrDefault(table) + deleted;
            RetentionTelemetry.Deleted.Add(deleted, new KeyValuePair<string, object?>("table", table));
            RetentionTelemetry.BatchTime.Record(took.TotalSeconds, new KeyValuePair<string, object?>("table", table));
            await Task.Delay(took > options.Pause ? took : options.Pause, clock, cancellationToken);
        }
    }
}
