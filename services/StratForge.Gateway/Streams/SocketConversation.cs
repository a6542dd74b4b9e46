using System.Buffers;
using System.Buffers.Text;
using StratForge.Gateway.Streams.Delivery;
using StratForge.Gateway.Streams.Protocol;

namespace StratForge.Gateway.Streams;

/// <summary>Reads what a WebSocket client sends. Holds a buffer only while something is half there.</summary>
internal sealed class SocketConversation(
    Conversation conversation, StreamLoop loop, StreamClient client, Stream stream, StreamOptions options, TimeProvider clock)
{
    private const int BufferBytes = 1024;

    private double _allowance = options.FramesPerMinute / 2.0;
    private long _allowedAt = clock.GetTimestamp();

    /// <summary>Reads until the connection ends, in whatever way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var input = new WebSocketInput(options.MessageBytes);
        byte[]? buffer = null;
        var held = 0;
        try
        {
            while (true)
            {
                if (buffer is null)
                {
                    // Waits without one, for nothing but that there is something: an idle connection costs no buffer.
                    var nothing = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
                    buffer = ArrayPool<byte>.Shared.Rent(BufferBytes + nothing);
                }

                var received = await stream.ReadAsync(buffer.AsMemory(held), cancellationToken);
                if (received == 0)
                {
                    return;
                }

                client.HeardAt = loop.Now;
                held += received;
                held = await TakeAsync(input, buffer, held, cancellationToken);
                if (held < 0)
                {
                    await SayGoodByeAsync(buffer, isAnswered: held == Closed, cancellationToken);
                    return;
                }

                client.HalfReadSince = held == 0 && !input.IsHalfRead ? 0 : client.HalfReadSince is > 0 and var since ? since : loop.Now;
                buffer = Fit(buffer, held, input.LongestFrame);
            }
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private const int Closed = -1;
    private const int Broken = -2;

    // What is half there stays; nothing half there, no buffer.
    private static byte[]? Fit(byte[] buffer, int held, int longest)
    {
        if (held > 0 && held < buffer.Length)
        {
            return buffer;
        }

        var larger = held == 0 ? null : ArrayPool<byte>.Shared.Rent(Math.Min(longest, buffer.Length * 2) + 1);
        buffer.AsSpan(0, held).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    // Handles every frame that is whole; returns what is left at the buffer's beginning, or how it ended.
    private async ValueTask<int> TakeAsync(WebSocketInput input, byte[] buffer, int held, CancellationToken cancellationToken)
    {
        var at = 0;
        while (at < held)
        {
            var taken = Take(input, buffer.AsSpan(at, held - at), out var message, out var end);
            if (end < 0)
            {
                return end;
            }

            if (taken == 0)
            {
                break;
            }

            at += taken;
            if (message is { } spoken)
            {
                await conversation.HandleAsync(spoken.Message, cancellationToken);
            }
        }

        buffer.AsSpan(at, held - at).CopyTo(buffer);
        return held - at;
    }

    private int Take(WebSocketInput input, Span<byte> bytes, out Spoken? message, out int end)
    {
        (message, end) = (null, 0);
        var taken = input.TryTake(bytes, out var frame);
        if (taken == 0)
        {
            return 0;
        }

        if (frame.FaultReason is { } reason)
        {
            Close(frame.Code, reason);
            end = Broken;
        }
        else if (frame.Opcode == Opcode.Close)
        {
            Close(frame.Code, "");
            end = Closed;
        }
        else if (!MaySend())
        {
            Close((int)CloseCode.TooMany, $"More than {options.FramesPerMinute} messages a minute.");
            end = Broken;
        }
        else if (frame.Opcode == Opcode.Ping)
        {
            var pong = WebSocketFrames.Of(Opcode.Pong, frame.Payload);
            loop.Post(() => loop.Answer(client, pong));
        }
        else if (frame.Opcode == Opcode.Pong && Utf8Parser.TryParse(frame.Payload, out long number, out _))
        {
            loop.Post(() => loop.Answered(client, number));
        }
        else if (frame.Opcode == Opcode.Text)
        {
            message = new Spoken(ClientMessage.Read(frame.Payload));
            input.Forget();
        }

        return taken;
    }

    // A bucket that fills evenly.
    private bool MaySend()
    {
        var now = clock.GetTimestamp();
        _allowance = Math.Min(
            options.FramesPerMinute / 2.0, _allowance + (clock.GetElapsedTime(_allowedAt, now).TotalMinutes * options.FramesPerMinute));
        _allowedAt = now;
        _allowance -= 1;
        return _allowance >= 0;
    }

    private void Close(int code, string reason) => loop.Post(() => loop.Close(client, code, reason));

    /// <summary>Waits until the client has our close frame, and, when it did not send one first, for its own; the loop cuts it off when that takes long.</summary>
    private async Task SayGoodByeAsync(byte[] buffer, bool isAnswered, CancellationToken cancellationToken)
    {
        await client.Over.Task;
        while (!isAnswered && await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
            // Whatever still comes is of no interest.
        }
    }

    private readonly record struct Spoken(ClientMessage? Message);
}
