using System.Buffers;
using StratForge.Gateway.Streams.Protocol;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>What a client is sent next, put together in one piece of memory for one send.</summary>
internal sealed partial class StreamLoop
{
    /// <summary>Puts what a client is to get next into the scratch: answers, then events, then prices.</summary>
    private int Gather(StreamClient client)
    {
        var used = 0;
        while (client.Answers is { Count: > 0 } answers && MakeRoom(answers.Peek().Length, used))
        {
            var answer = answers.Dequeue();
            answer.CopyTo(_scratch, used);
            used += answer.Length;
            client.AnswerBytes -= answer.Length;
        }

        // What did not fit comes next, and before everything else.
        if (client.IsClosing || client.Answers is { Count: > 0 })
        {
            return used;
        }

        used = client.Feed is null ? used : GatherEvents(client, client.Feed, used);
        return client.Pending is { Count: > 0 } pending ? GatherPrices(client, pending, used) : used;
    }

    private int GatherEvents(StreamClient client, UserFeed feed, int used)
    {
        while (client.Cursor < feed.Head && !client.IsReading)
        {
            if (NextEvent(client, feed) is not { } next)
            {
                Read(client, feed);
                break;
            }

            if ((next.Kind & client.Kinds) != EventKinds.None)
            {
                if (!MakeRoom(next.Json.Length + 64, used))
                {
                    break;
                }

                used += Write(_scratch.AsSpan(used), client.Form, next);
                _counts = _counts with { Sent = _counts.Sent + 1 };
            }

            client.Cursor = next.Id;
        }

        return used;
    }

    // It stays where it is until the cursor has passed it: there may be no room for it in this send.
    private static EventFrame? NextEvent(StreamClient client, UserFeed feed)
    {
        if (feed.Next(client.Cursor) is { } recent)
        {
            (client.Stored, client.StoredNext) = (null, 0);
            return recent;
        }

        while (client.Stored is { } stored && client.StoredNext < stored.Count)
        {
            if (stored[client.StoredNext] is var next && next.Id > client.Cursor)
            {
                return next;
            }

            client.StoredNext++;
        }

        client.Stored = null;
        return null;
    }

    private static int Write(Span<byte> into, StreamForm form, EventFrame frame)
    {
        if (form == StreamForm.WebSocket)
        {
            var head = WebSocketFrames.WriteHead(into, Opcode.Text, frame.Json.Length);
            frame.Json.CopyTo(into[head..]);
            return head + frame.Json.Length;
        }

        var used = Copy("id: "u8, into, 0);
        frame.Id.TryFormat(into[used..], out var digits);
        used += digits;
        used += Copy("\ndata: "u8, into, used);
        used += Copy(frame.Json, into, used);
        return used + Copy("\n\n"u8, into, used);
    }

    // One message for all prices that wait, as many as there is room for.
    private int GatherPrices(StreamClient client, List<Watching> pending, int used)
    {
        var head = """{"type":"market","data":["""u8;
        var tail = "]}"u8;
        var length = head.Length + tail.Length;
        var taken = 0;
        while (taken < pending.Count && length + pending[taken].Watch.Newest.Length + 1 <= ScratchBytes - used - 64)
        {
            length += pending[taken].IsOver ? 0 : pending[taken].Watch.Newest.Length + 1;
            taken++;
        }

        if (taken == 0)
        {
            return used;
        }

        var messages = 0;
        var isWebSocket = client.Form == StreamForm.WebSocket;
        var frameHead = isWebSocket ? WebSocketFrames.HeadLength(length - 1) : "data: "u8.Length;
        var start = used + frameHead;
        var at = start + Copy(head, _scratch, start);
        for (var i = 0; i < taken; i++)
        {
            var watching = pending[i];
            watching.IsPending = false;
            if (watching.IsOver)
            {
                continue;
            }

            if (messages++ > 0)
            {
                _scratch[at++] = (byte)',';
            }

            at += Copy(watching.Watch.Newest.Bytes, _scratch, at);
        }

        pending.RemoveRange(0, taken);
        if (messages == 0)
        {
            return used;
        }

        at += Copy(tail, _scratch, at);
        _counts = _counts with { Sent = _counts.Sent + messages };
        if (isWebSocket)
        {
            WebSocketFrames.WriteHead(_scratch.AsSpan(used), Opcode.Text, at - start);
            return at;
        }

        Copy("data: "u8, _scratch, used);
        // A line of a server-sent event ends at a line's end, which JSON may have between its parts but not within them.
        _scratch.AsSpan(start, at - start).Replace((byte)'\n', (byte)' ');
        _scratch.AsSpan(start, at - start).Replace((byte)'\r', (byte)' ');
        return at + Copy("\n\n"u8, _scratch, at);
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> into, int at)
    {
        bytes.CopyTo(into[at..]);
        return bytes.Length;
    }

    private bool MakeRoom(int length, int used)
    {
        if (used + length <= _scratch.Length)
        {
            return true;
        }

        if (used > 0)
        {
            return false;
        }

        ArrayPool<byte>.Shared.Return(_scratch);
        _scratch = ArrayPool<byte>.Shared.Rent(length);
        return true;
    }

    /// <summary>Reads events that the client lacks and nobody holds.</summary>
    private void Read(StreamClient client, UserFeed feed)
    {
        client.IsReading = true;
        _ = ReadAsync(client, feed, client.Cursor);
    }

    private async Task ReadAsync(StreamClient client, UserFeed feed, long after)
    {
        List<EventFrame>? stored = null;
        var areGone = false;
        try
        {
            stored = await _store.ListAsync(feed.UserId, after, CancellationToken.None);
            areGone = stored is null;
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or TimeoutException)
        {
            LogNotRead(client.Number, exception.Message);
            await Task.Delay(RetryAfter, _clock);
        }
        catch (ObjectDisposedException)
        {
            // The gateway ends.
            return;
        }

        Post(() =>
        {
            client.IsReading = false;
            if (areGone && client.Cursor == after)
            {
                // Events that it has not had went while it was catching up on them. It is told so when it asks again.
                Close(client, CloseCode.TooSlow, "Events that you lack are no longer kept. Connect again, and read your orders and portfolio anew.");
            }
            else if (stored is { Count: 0 } && client.Cursor == after)
            {
                // The bus told of something that is not there. What is stored later will be found by its number.
                LogHole(feed.UserId, after, feed.Head);
                feed.Retreat(after);
            }
            else if (stored is not null && client.Cursor == after)
            {
                (client.Stored, client.StoredNext) = (stored, 0);
            }

            Queue(client);
        });
    }

    [LoggerMessage(LogLevel.Warning, "Events for client {Number} are read again shortly: {Reason}")]
    private partial void LogNotRead(long number, string reason);

    [LoggerMessage(LogLevel.Error, "The events of user {UserId} after {After} up to {Head} are not stored")]
    private partial void LogHole(Guid userId, long after, long head);
}
