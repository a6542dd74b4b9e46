using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using StratForge.Contracts;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

/// <summary>Writes what sessions leave behind, many sessions in one statement: their tapes at once, how far they came and what they
/// logged within a second.</summary>
internal sealed partial class SessionJournal(
    EventLoop loop, NpgsqlDataSource database, TimeProvider clock, ILogger<SessionJournal> logger) : BackgroundService
{
    private const int MaxBatch = 1_000;
    private static readonly TimeSpan LazyEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(0.25);

    // Bounded by its producers: a session waits for its entry before it takes another event, and its log has a budget.
    private readonly Channel<Taping> _tapings = Channel.CreateUnbounded<Taping>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<Guid, Progress> _progress = new();
    private readonly ConcurrentDictionary<(Guid SessionId, string Name), Kept> _kept = new();
    private readonly ConcurrentQueue<LogLine> _logs = new();
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Tape entries not yet written, for the metrics.</summary>
    public int Waiting => _tapings.Reader.CanCount ? _tapings.Reader.Count : 0;

    /// <summary>Stores the place of an event.</summary>
    /// <param name="session">The claim under which the session runs.</param>
    /// <param name="entry">The event.</param>
    /// <param name="taped">Called on the loop: whether it is stored. If not, the claim no longer holds.</param>
    public void Tape(ClaimedSession session, TapeEntry entry, Action<bool> taped) =>
        _tapings.Writer.TryWrite(new Taping(session, entry, taped));

    /// <summary>Bars up to <paramref name="seq"/> were handled and their signals answered.</summary>
    public void Processed(ClaimedSession session, long seq) => _progress[session.Id] = new Progress(session, seq);

    /// <summary>Keeps one thing about the session, in place of what was kept under that name.</summary>
    /// <param name="session">The claim under which the session runs.</param>
    /// <param name="name">Its name in <c>sessions.state_metadata</c>.</param>
    /// <param name="json">What to keep.</param>
    public void Keep(ClaimedSession session, string name, string json) => _kept[(session.Id, name)] = new Kept(session, name, json);

    public void Log(Guid sessionId, string level, string message) =>
        _logs.Enqueue(new LogLine(sessionId, clock.GetUtcNow(), level, message));

    /// <summary>Writes what is written lazily, now: before a session is read again, or let go.</summary>
    /// <exception cref="NpgsqlException">It could not be written; it is kept for the next attempt.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await WriteProgressAsync(cancellationToken);
            await WriteKeptAsync(cancellationToken);
            while (!_logs.IsEmpty)
            {
                await WriteLogsAsync(cancellationToken);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(WriteTapesAsync(stoppingToken), WriteLazilyAsync(stoppingToken));

    private async Task WriteTapesAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Taping>();
        while (await _tapings.Reader.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < MaxBatch && _tapings.Reader.TryRead(out var taping))
            {
                batch.Add(taping);
            }

            var held = await WriteTapeUntilDoneAsync(batch, cancellationToken);
            var written = batch.ToArray();
            batch.Clear();
            loop.Post(() =>
            {
                foreach (var taping in written)
                {
                    taping.Taped(held.Contains(taping.Session.Id));
                }
            });
        }
    }

    private async Task<HashSet<Guid>> WriteTapeUntilDoneAsync(List<Taping> batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await WriteTapeAsync(batch, cancellationToken);
            }
            catch (NpgsqlException exception)
            {
                LogTapeFailed(batch.Count, exception.Message);
                await Task.Delay(Retry, clock, cancellationToken);
            }
        }
    }

    // The rows of the sessions are locked while their tape is written: a claim by another worker comes either before, and this
    // writes nothing, or after, and then reads a tape that has it.
    private async Task<HashSet<Guid>> WriteTapeAsync(List<Taping> batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var statements = new NpgsqlBatch(connection);
        var sessions = batch.Select(taping => taping.Session).DistinctBy(session => session.Id).ToArray();
        var ids = sessions.Select(session => session.Id).ToArray();
        var epochs = sessions.Select(session => session.Epoch).ToArray();

        statements.BatchCommands.Add(new NpgsqlBatchCommand("""
            select s.id
            from unnest($1::uuid[], $2::bigint[]) as claim (id, epoch)
            join sessions s on s.id = claim.id and s.lease_epoch = claim.epoch
            where s.ended_at is null
            order by s.id
            for share of s
            """)
        {
            Parameters = { new() { Value = ids }, new() { Value = epochs } },
        });
        statements.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into session_tape (session_id, event_id, after_seq, payload)
            select e.session_id, e.event_id, e.after_seq, e.payload
            from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::jsonb[]) as e (session_id, epoch, event_id, after_seq, payload)
            join sessions s on s.id = e.session_id and s.lease_epoch = e.epoch
            where s.ended_at is null
            on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = batch.Select(taping => taping.Session.Id).ToArray() },
                new() { Value = batch.Select(taping => taping.Session.Epoch).ToArray() },
                new() { Value = batch.Select(taping => taping.Entry.EventId).ToArray() },
                new() { Value = batch.Select(taping => taping.Entry.AfterSeq).ToArray() },
                new()
                {
                    Value = batch.Select(taping =>
                        JsonSerializer.Serialize(taping.Entry.Order, ContractsJson.Default.OrderEvent)).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
                },
            },
        });

        await using var rows = await statements.ExecuteReaderAsync(cancellationToken);
        var held = new HashSet<Guid>();
        while (await rows.ReadAsync(cancellationToken))
        {
            held.Add(rows.GetGuid(0));
        }

        while (await rows.NextResultAsync(cancellationToken))
        {
        }

        return held;
    }

    private async Task WriteLazilyAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LazyEvery, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await FlushAsync(cancellationToken);
            }
            catch (NpgsqlException exception)
            {
                LogLazyFailed(exception.Message);
            }
        }
    }

    private async Task WriteProgressAsync(CancellationToken cancellationToken)
    {
        var progress = _progress.Values.ToArray();
        if (progress.Length == 0)
        {
            return;
        }

        await using var command = database.CreateCommand("""
            with mine as (
                select s.id, claim.seq
                from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as claim (id, epoch, seq)
                join sessions s on s.id = claim.id and s.lease_epoch = claim.epoch
                where s.ended_at is null
                order by s.id
                for update of s)
            update sessions s
            set processed_seq = greatest(coalesce(s.processed_seq, 0), mine.seq)
            from mine
            where s.id = mine.id
            """);
        command.Parameters.Add(new() { Value = progress.Select(made => made.Session.Id).ToArray() });
        command.Parameters.Add(new() { Value = progress.Select(made => made.Session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = progress.Select(made => made.Seq).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (var made in progress)
        {
            // Only what was written: more may have been made in the meantime.
            _progress.TryRemove(KeyValuePair.Create(made.Session.Id, made));
        }
    }

    private async Task WriteKeptAsync(CancellationToken cancellationToken)
    {
        var kept = _kept.Values.ToArray();
        if (kept.Length == 0)
        {
            return;
        }

        await using var command = database.CreateCommand("""
            with mine as (
                select s.id, jsonb_object_agg(kept.name, kept.value) as kept
                from unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[]) as kept (id, epoch, name, value)
                join sessions s on s.id = kept.id and s.lease_epoch = kept.epoch
                where s.ended_at is null
                group by s.id)
            update sessions s
            set state_metadata = s.state_metadata || mine.kept
            from mine
            where s.id = mine.id
            """);
        command.Parameters.Add(new() { Value = kept.Select(one => one.Session.Id).ToArray() });
        command.Parameters.Add(new() { Value = kept.Select(one => one.Session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = kept.Select(one => one.Name).ToArray() });
        command.Parameters.Add(new()
        {
            Value = kept.Select(one => one.Json).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (var one in kept)
        {
            // Only what was written, as above.
            _kept.TryRemove(KeyValuePair.Create((one.Session.Id, one.Name), one));
        }
    }

    private async Task WriteLogsAsync(CancellationToken cancellationToken)
    {
        // Written before they are taken away, so that a failure loses none; there is one writer at a time.
        var lines = _logs.Take(MaxBatch).ToArray();
        await using var command = database.CreateCommand("""
            insert into session_logs (session_id, at, level, message)
            select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[])
            """);
        command.Parameters.Add(new() { Value = lines.Select(line => line.SessionId).ToArray() });
        command.Parameters.Add(new() { Value = lines.Select(line => line.At).ToArray() });
        command.Parameters.Add(new() { Value = lines.Select(line => line.Level).ToArray() });
        command.Parameters.Add(new() { Value = lines.Select(line => line.Message).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        for (var i = 0; i < lines.Length; i++)
        {
            _logs.TryDequeue(out _);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} events could not be put on tape, trying again: {Reason}")]
    private partial void LogTapeFailed(int count, string reason);

    [LoggerMessage(LogLevel.Warning, "Progress and logs of sessions could not be written, trying again: {Reason}")]
    private partial void LogLazyFailed(string reason);

    private sealed record Taping(ClaimedSession Session, TapeEntry Entry, Action<bool> Taped);

    private sealed record Progress(ClaimedSession Session, long Seq);

    private sealed record Kept(ClaimedSession Session, string Name, string Json);

    private sealed record LogLine(Guid SessionId, DateTimeOffset At, string Level, string Message);
}
