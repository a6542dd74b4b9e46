using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using StratForge.Contracts;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

/// <summary>Writes what sessions leave behind, many sessions in one statement: their tapes at once, how far they came and what they
/// logged within a second.</summary>
internal sealed partial class SessionJournal(
    EventLoop loop, [FromKeyedServices(SessionJournal.Database)] NpgsqlDataSource database, TimeProvider clock, ILogger<SessionJournal> logger) : BackgroundService
{
    /// <summary>Key of the data source that tapes are written through.</summary>
    public const string Database = "stratforge";

    /// <summary>One connection for what is taped at once, one for what is written lazily.</summary>
    public const int Connections = 2;

    private const int MaxBatch = 1_000;
    private static readonly TimeSpan LazyEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(0.25);

    // Bounded by its producers: a session waits for its entry before it takes another event, and its log has a budget.
    private readonly Channel<Taping> _tapings = Channel.CreateUnbounded<Taping>(new UnboundedChannelOptions { SingleReader = true });

    // On the loop only.
    private readonly HashSet<IProgressSource> _moved = [];

    // What could not be written yet, in order; whoever writes holds the semaphore.
    private readonly List<(IProgressSource Source, ProgressNote Note)> _notes = [];
    private readonly ConcurrentQueue<LogLine> _logs = new();
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Tape entries not yet written, for the metrics.</summary>
    public int Waiting => _tapings.Reader.CanCount ? _tapings.Reader.Count : 0;

    /// <summary>Stores the place of an event.</summary>
    /// <param name="session">The claim under which the session runs.</param>
    /// <param name="entry">The event.</param>
    /// <param name="taped">Called on the loop: whether it is stored. If not, the claim no longer holds.</param>
    public void Tape(ClaimedSession session, TapeEntry entry, Action<bool> taped) =>
        _tapings.Writer.TryWrite(new Taping(session, taped) { Entry = entry });

    /// <summary>Stores that a bar has a number that it does not have by its time.</summary>
    /// <param name="session">The claim under which the session runs.</param>
    /// <param name="number">The number.</param>
    /// <param name="source">The bar.</param>
    /// <param name="taped">Called on the loop: whether it is stored. If not, the claim no longer holds.</param>
    public void Place(ClaimedSession session, long number, BarSource source, Action<bool> taped) =>
        _tapings.Writer.TryWrite(new Taping(session, taped) { Placed = (number, source) });

    /// <summary>Stores trades and quotes that come together, at their place.</summary>
    /// <param name="session">The claim under which the session runs.</param>
    /// <param name="ticks">In their order.</param>
    /// <param name="taped">Called on the loop: whether they are stored. If not, the claim no longer holds.</param>
    public void Ticks(ClaimedSession session, IReadOnlyList<TickEntry> ticks, Action<bool> taped) =>
        _tapings.Writer.TryWrite(new Taping(session, taped) { Ticks = ticks });

    /// <summary>A session handled an event, its signals answered: it is asked about it at the next writing. On the loop only.</summary>
    public void Moved(IProgressSource session) => _moved.Add(session);

    /// <summary>Writes a line of a session's log, fit for a table and a page.</summary>
    public void Log(Guid sessionId, string level, string message) =>
        _logs.Enqueue(new LogLine(sessionId, clock.GetUtcNow(), level, HostFailure.Readable(message)));

    /// <summary>Writes what is written lazily, now: before a session is read again, or let go.</summary>
    /// <exception cref="NpgsqlException">It could not be written; it is kept for the next attempt.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await WriteProgressAsync(cancellationToken);
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
        AddEvents(statements, [.. batch.Where(taping => taping.Entry is not null)]);
        AddPlaced(statements, [.. batch.Where(taping => taping.Placed is not null)]);
        AddTicks(statements, [.. batch.Where(taping => taping.Ticks is not null)]);

        // Prepared once per physical connection; afterwards this costs a look into a dictionary.
        await statements.PrepareAsync(cancellationToken);
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

    private static void AddEvents(NpgsqlBatch statements, Taping[] events)
    {
        if (events.Length == 0)
        {
            return;
        }

        statements.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into session_tape (session_id, event_id, after_seq, payload, digest)
            select e.session_id, e.event_id, e.after_seq, e.payload, e.digest
            from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::jsonb[], $6::bigint[])
                as e (session_id, epoch, event_id, after_seq, payload, digest)
            join sessions s on s.id = e.session_id and s.lease_epoch = e.epoch
            where s.ended_at is null
            on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = events.Select(taping => taping.Session.Id).ToArray() },
                new() { Value = events.Select(taping => taping.Session.Epoch).ToArray() },
                new() { Value = events.Select(taping => taping.Entry!.EventId).ToArray() },
                new() { Value = events.Select(taping => taping.Entry!.AfterSeq).ToArray() },
                new()
                {
                    Value = events.Select(taping => Encoding.UTF8.GetString(taping.Entry!.Json)).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
                },
                new() { Value = events.Select(taping => taping.Entry!.Digest()).ToArray() },
            },
        });
    }

    private static void AddPlaced(NpgsqlBatch statements, Taping[] placed)
    {
        if (placed.Length == 0)
        {
            return;
        }

        statements.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into session_tape_order (session_id, number, place, seq)
            select p.session_id, p.number, p.place, p.seq
            from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bigint[]) as p (session_id, epoch, number, place, seq)
            join sessions s on s.id = p.session_id and s.lease_epoch = p.epoch
            where s.ended_at is null
            on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = placed.Select(taping => taping.Session.Id).ToArray() },
                new() { Value = placed.Select(taping => taping.Session.Epoch).ToArray() },
                new() { Value = placed.Select(taping => taping.Placed!.Value.Number).ToArray() },
                new() { Value = placed.Select(taping => (short)taping.Placed!.Value.Source.Place).ToArray() },
                new() { Value = placed.Select(taping => taping.Placed!.Value.Source.Seq).ToArray() },
            },
        });
    }

    private static void AddTicks(NpgsqlBatch statements, Taping[] ticks)
    {
        if (ticks.Length == 0)
        {
            return;
        }

        statements.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into session_tape_ticks (session_id, first_tick, after_seq, after_event, ticks)
            select t.session_id, t.first_tick, t.after_seq, t.after_event, t.ticks
            from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])
                as t (session_id, epoch, first_tick, after_seq, after_event, ticks)
            join sessions s on s.id = t.session_id and s.lease_epoch = t.epoch
            where s.ended_at is null
            on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = ticks.Select(taping => taping.Session.Id).ToArray() },
                new() { Value = ticks.Select(taping => taping.Session.Epoch).ToArray() },
                new() { Value = ticks.Select(taping => taping.Ticks![0].Number).ToArray() },
                new() { Value = ticks.Select(taping => taping.Ticks![0].AfterSeq).ToArray() },
                new() { Value = ticks.Select(taping => taping.Ticks![0].AfterEvent).ToArray() },
                new() { Value = ticks.Select(taping => TickEntry.WriteAll(taping.Ticks!)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        });
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
        _notes.AddRange(await loop.AskAsync(TakeNotes));
        while (_notes.Count > 0)
        {
            var some = _notes.Take(MaxBatch).ToArray();
            try
            {
                await WriteNotesAsync([.. some.Select(one => one.Note)], cancellationToken);
            }
            catch (PostgresException exception) when (exception.IsOfData())
            {
                foreach (var session in some.GroupBy(one => one.Note.Session.Id))
                {
                    await WriteAloneAsync(session.Last().Source, [.. session.Select(one => one.Note)], cancellationToken);
                }
            }

            _notes.RemoveRange(0, some.Length);
        }
    }

    // One of them is the reason; the others must not suffer for it. What a strategy keeps for its owner to look at is given up first; a session
    // without the rest could be neither taken over nor replayed.
    private async Task WriteAloneAsync(IProgressSource source, ProgressNote[] notes, CancellationToken cancellationToken)
    {
        try
        {
            await WriteNotesAsync(notes, cancellationToken);
            return;
        }
        catch (PostgresException exception) when (exception.IsOfData())
        {
            LogNoteRefused(notes[0].Session.Id, exception.MessageText);
        }

        try
        {
            await WriteNotesAsync([.. notes.Select(note => note with { Kept = new Dictionary<string, string>() })], cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsOfData())
        {
            loop.Post(() => source.OnUnstorable(exception.MessageText));
        }
    }

    private List<(IProgressSource Source, ProgressNote Note)> TakeNotes()
    {
        var notes = new List<(IProgressSource Source, ProgressNote Note)>(_moved.Count);
        foreach (var session in _moved)
        {
            if (session.TakeNote() is { } note)
            {
                notes.Add((session, note));
            }
        }

        _moved.Clear();
        return notes;
    }

    // The tape and the place up to which it is settled in one statement: none is ever without the other.
    private async Task WriteNotesAsync(ProgressNote[] notes, CancellationToken cancellationToken)
    {
        // Of one session there are several when the ones before could not be written: the last says where it stands.
        var latest = notes.GroupBy(note => note.Session.Id)
            .Select(group => group.Last() with { Kept = Merge(group.Select(note => note.Kept)) })
            .ToArray();
        var bars = notes.Where(note => note.Bars.Length > 0).ToArray();
        var outcomes = notes.SelectMany(note => note.Outcomes.Select(told => (note.Session, Told: told))).ToArray();
        await using var command = database.CreateCommand("""
            with note as (
                select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::jsonb[], $18::bigint[])
                    as n (id, epoch, seq, event_id, run_hash, kept, tick)),
            mine as (
                select s.id
                from note n
                join sessions s on s.id = n.id and s.lease_epoch = n.epoch
                where s.ended_at is null
                order by s.id
                for update of s),
            taped as (
                insert into session_tape_bars (session_id, first_seq, bars, sources)
                select b.id, b.first_seq, b.bars, b.sources
                from unnest($7::uuid[], $8::bigint[], $9::bigint[], $10::bytea[], $11::bytea[]) as b (id, epoch, first_seq, bars, sources)
                join note n on n.id = b.id and n.epoch = b.epoch
                join mine on mine.id = b.id
                on conflict do nothing),
            told as (
                insert into session_tape_outcomes (session_id, event_kind, event_seq, payload, digest)
                select o.id, o.kind, o.seq, o.payload, o.digest
                from unnest($12::uuid[], $13::bigint[], $14::smallint[], $15::bigint[], $16::jsonb[], $17::bigint[])
                    as o (id, epoch, kind, seq, payload, digest)
                join note n on n.id = o.id and n.epoch = o.epoch
                join mine on mine.id = o.id
                on conflict do nothing)
            update sessions s
            set processed_seq = n.seq, processed_event_id = n.event_id, processed_tick = n.tick, run_hash = n.run_hash,
                state_metadata = s.state_metadata || n.kept
            from note n
            join mine on mine.id = n.id
            where s.id = n.id
            """);
        command.Parameters.Add(new() { Value = latest.Select(note => note.Session.Id).ToArray() });
        command.Parameters.Add(new() { Value = latest.Select(note => note.Session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = latest.Select(note => note.Seq).ToArray() });
        command.Parameters.Add(new() { Value = latest.Select(note => note.EventId).ToArray() });
        command.Parameters.Add(new() { Value = latest.Select(note => note.RunHash).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = latest.Select(note => JsonOf(note.Kept)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = bars.Select(note => note.Session.Id).ToArray() });
        command.Parameters.Add(new() { Value = bars.Select(note => note.Session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = bars.Select(note => note.FirstBar).ToArray() });
        command.Parameters.Add(new() { Value = bars.Select(note => note.Bars).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = bars.Select(note => note.Sources).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = outcomes.Select(one => one.Session.Id).ToArray() });
        command.Parameters.Add(new() { Value = outcomes.Select(one => one.Session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = outcomes.Select(one => (short)one.Told.Kind).ToArray() });
        command.Parameters.Add(new() { Value = outcomes.Select(one => one.Told.Seq).ToArray() });
        command.Parameters.Add(new() { Value = outcomes.Select(one => one.Told.Json).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = outcomes.Select(one => one.Told.Digest).ToArray() });
        command.Parameters.Add(new() { Value = latest.Select(note => note.Tick).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Dictionary<string, string> Merge(IEnumerable<IReadOnlyDictionary<string, string>> kept)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, json) in kept.SelectMany(one => one))
        {
            merged[name] = json;
        }

        return merged;
    }

    private static string JsonOf(IReadOnlyDictionary<string, string> kept) =>
        $"{{{string.Join(',', kept.Select(one => $"{JsonSerializer.Serialize(one.Key, ContractsJson.Default.String)}:{one.Value}"))}}}";

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

    [LoggerMessage(LogLevel.Error, "The database refuses what session {SessionId} came to: {Reason}")]
    private partial void LogNoteRefused(Guid sessionId, string reason);

    // An event, a bar with a number of its own, or trades and quotes.
    private sealed record Taping(ClaimedSession Session, Action<bool> Taped)
    {
        public TapeEntry? Entry { get; init; }

        public (long Number, BarSource Source)? Placed { get; init; }

        public IReadOnlyList<TickEntry>? Ticks { get; init; }
    }

    private sealed record LogLine(Guid SessionId, DateTimeOffset At, string Level, string Message);
}
