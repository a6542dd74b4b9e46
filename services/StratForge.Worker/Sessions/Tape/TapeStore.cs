using System.Text.Json;
using Npgsql;
using StratForge.Contracts;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>Reads what sessions were told.</summary>
/// <param name="database">The platform's database.</param>
internal sealed class TapeStore(NpgsqlDataSource database)
{
    /// <summary>Bars that a session was given after <paramref name="afterSeq"/>, oldest first.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="afterSeq">Number of the bar before the first wanted one.</param>
    /// <param name="limit">How many rows of tape at most; a row holds one bar or a few.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Each with its number, and where the session has several symbols with which bar it is.</returns>
    public async Task<IReadOnlyList<(long Seq, TapedBar Bar, BarSource? Source)>> ReadBarsAsync(
        Guid sessionId, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        // The row that holds the next bar may begin before it.
        await using var command = database.CreateCommand("""
            select first_seq, bars, sources
            from session_tape_bars
            where session_id = $1
              and first_seq >= coalesce(
                  (select max(b.first_seq) from session_tape_bars b where b.session_id = $1 and b.first_seq <= $2), $2)
            order by first_seq
            limit $3
            """);
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(new() { Value = afterSeq + 1 });
        command.Parameters.Add(new() { Value = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var bars = new List<(long, TapedBar, BarSource?)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var first = rows.GetInt64(0);
            var row = TapedBar.ReadAll(rows.GetFieldValue<byte[]>(1));
            var sources = rows.IsDBNull(2) ? null : BarSource.ReadAll(rows.GetFieldValue<byte[]>(2));
            for (var i = (int)Math.Clamp(afterSeq + 1 - first, 0, row.Length); i < row.Length; i++)
            {
                bars.Add((first + i, row[i], sources?[i]));
            }
        }

        return bars;
    }

    /// <summary>Numbers of the last order event and of the last trade or quote that a session was given; zero where there was none.</summary>
    public async Task<(long Event, long Tick)> ReadEndAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select coalesce((select max(event_id) from session_tape where session_id = $1), 0),
                   coalesce((select first_tick + octet_length(ticks) / $2 - 1
                             from session_tape_ticks
                             where session_id = $1
                             order by first_tick desc
                             limit 1), 0)
            """);
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(new() { Value = TickEntry.Size });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return (rows.GetInt64(0), rows.GetInt64(1));
    }

    /// <summary>Order events that a session was given, in the order of their numbers, each with its place.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="after">Number of the one before the first wanted one.</param>
    /// <param name="through">Number of the last wanted one.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<TapeEntry>> ReadEventsAsync(
        Guid sessionId, long after, long through, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select event_id, after_seq, payload::text, digest
            from session_tape
            where session_id = $1 and event_id > $2 and event_id <= $3
            order by event_id
            limit $4
            """);
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = through });
        command.Parameters.Add(new() { Value = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<TapeEntry>();
        while (await rows.ReadAsync(cancellationToken))
        {
            events.Add(new TapeEntry(
                rows.GetInt64(0), rows.GetInt64(1), OrderOf(rows.GetString(2)), traceparent: null, isTaped: true,
                rows.IsDBNull(3) ? null : rows.GetInt64(3)));
        }

        return events;
    }

    /// <summary>Trades and quotes that a session was given, in the order of their numbers, each with its place.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="after">Number of the last one of a row of tape; what is wanted begins with the next.</param>
    /// <param name="count">How many; with them those that are in one row with the last, which are some 130 at most.</param>
    /// <param name="through">Number of the last wanted one.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<TickEntry>> ReadTicksAsync(
        Guid sessionId, long after, int count, long through, CancellationToken cancellationToken)
    {
        // Their numbers have no gaps: with both ends named, a page costs what is on it, however the database goes about it.
        await using var command = database.CreateCommand("""
            select first_tick, after_seq, after_event, ticks
            from session_tape_ticks
            where session_id = $1 and first_tick > $2 and first_tick <= $3
            order by first_tick
            """);
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Math.Min(after + count, through) });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var ticks = new List<TickEntry>();
        while (await rows.ReadAsync(cancellationToken))
        {
            ticks.AddRange(TickEntry.ReadAll(rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetFieldValue<byte[]>(3))
                .Where(tick => tick.Number <= through));
        }

        return ticks;
    }

    /// <summary>What a session's strategy was told of its signals, in the order of the events at which it emitted them.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="kind">What the events were.</param>
    /// <param name="from">Number of the first wanted one.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<TapedOutcomes>> ReadOutcomesAsync(
        Guid sessionId, SessionEventKind kind, long from, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select event_kind, event_seq, payload::text, digest
            from session_tape_outcomes
            where session_id = $1 and event_kind = $2 and event_seq >= $3
            order by event_seq
            limit $4
            """);
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(new() { Value = (short)kind });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var told = new List<TapedOutcomes>();
        while (await rows.ReadAsync(cancellationToken))
        {
            told.Add(TapedOutcomes.Read(rows.GetInt16(0), rows.GetInt64(1), rows.GetString(2), rows.GetInt64(3)));
        }

        return told;
    }

    /// <summary>Where a session begins; null when it was never warm.</summary>
    public async Task<TapeStart?> ReadStartAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select code_hash, parameters::text, seed, cash, warm_bars, warm_places from session_tape_starts where session_id = $1");
        command.Parameters.Add(new() { Value = sessionId });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken)
            ? new TapeStart(
                rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetDecimal(3), TapedBar.ReadAll(rows.GetFieldValue<byte[]>(4)),
                PlacesOf(rows.IsDBNull(5) ? null : rows.GetFieldValue<byte[]>(5)))
            : null;
    }

    /// <summary>Places of symbols as they are stored; null where all are of the session's own.</summary>
    public static IReadOnlyList<int>? PlacesOf(byte[]? stored) => stored is null ? null : [.. stored.Select(place => (int)place)];

    /// <summary>An order's event as it is stored.</summary>
    /// <exception cref="InvalidDataException">There is nothing in it.</exception>
    /// <exception cref="JsonException">It is no event.</exception>
    public static OrderEvent OrderOf(string json) =>
        JsonSerializer.Deserialize(json, ContractsJson.Default.OrderEvent)
        ?? throw new InvalidDataException("An order event is stored as null.");
}

/// <summary>Where a session begins, as it was taped.</summary>
/// <param name="CodeHash">Of the code that ran.</param>
/// <param name="Parameters">Values that were set, JSON.</param>
/// <param name="Seed">Of its random numbers.</param>
/// <param name="Cash">What it could spend, USD.</param>
/// <param name="WarmBars">History that its indicators were fed, oldest first.</param>
/// <param name="WarmPlaces">Place of each one's symbol; null where all are of the session's own.</param>
internal sealed record TapeStart(
    string CodeHash, string Parameters, long Seed, decimal Cash, IReadOnlyList<TapedBar> WarmBars, IReadOnlyList<int>? WarmPlaces);
