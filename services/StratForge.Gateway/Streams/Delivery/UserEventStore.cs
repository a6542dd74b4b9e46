using System.Buffers;
using System.Text.Json;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>Events of users as they are stored: what the bus lost is here.</summary>
internal sealed class UserEventStore(NpgsqlDataSource database) : IDisposable
{
    /// <summary>Events read at once.</summary>
    public const int Page = 200;

    // Thousands of clients come back at once when a gateway was restarted; the books need connections too.
    private readonly SemaphoreSlim _readers = new(4);

    /// <summary>From where to where events of a user are kept.</summary>
    public async Task<KeptEvents> FindKeptAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select a.last_event_id, coalesce((select gone_through from user_event_floors where user_id = a.user_id), 0)
            from accounts a
            where a.user_id = $1
            """, userId);
        return await command.FirstAsync(rows => new KeptEvents(rows.GetInt64(0), rows.GetInt64(1)), cancellationToken) ?? new KeptEvents(0, 0);
    }

    /// <summary>Numbers of the newest events of users who have any.</summary>
    public async Task<List<(Guid UserId, long Tail)>> TailsAsync(Guid[] users, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select user_id, last_event_id from accounts where user_id = any($1) and last_event_id > 0", [users]);
        return await command.ListAsync(rows => (rows.GetGuid(0), rows.GetInt64(1)), cancellationToken);
    }

    /// <summary>The events of a user that follow a number, at most <see cref="Page"/>, in order.</summary>
    /// <returns>Null when some of them are no longer kept.</returns>
    public async Task<List<EventFrame>?> ListAsync(Guid userId, long after, CancellationToken cancellationToken)
    {
        await _readers.WaitAsync(cancellationToken);
        try
        {
            await using var command = database.Command("""
                select id, session_id, kind, occurred_at, data::text, traceparent,
                       exists (select from user_event_floors where user_id = $1 and gone_through > $2)
                from user_events
                where user_id = $1 and id > $2
                order by id
                limit $3
                """, userId, after, Page);
            var events = await command.ListAsync(rows => (Event: Read(rows, userId), IsBehindGap: rows.GetBoolean(6)), cancellationToken);
            return events is [{ IsBehindGap: true }, ..] ? null : [.. events.Select(read => read.Event)];
        }
        finally
        {
            _readers.Release();
        }
    }

    public void Dispose() => _readers.Dispose();

    // In the order of fields that the bus has.
    private static EventFrame Read(NpgsqlDataReader rows, Guid userId)
    {
        var (id, kind) = (rows.GetInt64(0), rows.GetString(2));
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("type", "event");
            json.WriteNumber("id", id);
            json.WriteString("userId", userId);
            if (rows.Maybe<Guid>(1) is { } session)
            {
                json.WriteString("sessionId", session);
            }

            json.WriteString("kind", kind);
            json.WriteString("occurredAt", rows.At(3));
            json.WritePropertyName("data");
            json.WriteRawValue(rows.GetString(4), skipInputValidation: true);
            if (rows.Text(5) is { } traceparent)
            {
                json.WriteString("traceparent", traceparent);
            }

            json.WriteEndObject();
        }

        return new EventFrame(id, Channels.KindOf(System.Text.Encoding.UTF8.GetBytes(kind)), buffer.WrittenSpan.ToArray());
    }
}

/// <summary>From where to where events of a user are kept.</summary>
/// <param name="Tail">Number of the newest; zero when there is none.</param>
/// <param name="GoneThrough">Number of the last that is no longer kept; zero when all are.</param>
internal sealed record KeptEvents(long Tail, long GoneThrough);
