using System.Net.WebSockets;
using System.Threading.Channels;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>One client of a stream: reads whole messages, writes from a bounded outbox.</summary>
internal sealed class StreamSocket(WebSocket socket, WebSocketMessageType frames) : IDisposable
{
    /// <summary>Frames held for a client that does not read. At the bound it is told so and disconnected.</summary>
    public const int Backlog = 4_096;

    private const int LargestMessage = 1 << 20;

    // For what is still in the outbox of a client that is to go, and then for its goodbye.
    private static readonly TimeSpan TimeToLeave = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _end = new();
    private WebSocketCloseStatus _ending = WebSocketCloseStatus.NormalClosure;
    private bool _finishing;

    private readonly Channel<ReadOnlyMemory<byte>> _outbox = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Puts a frame into the outbox.</summary>
    /// <returns>False when the client is too slow; nothing more goes out to it.</returns>
    public bool Send(ReadOnlyMemory<byte> frame) => _outbox.Writer.TryWrite(frame);

    /// <summary>Lets the outbox run empty, then closes.</summary>
    /// <param name="lastWord">A frame that must still go out although the outbox is full.</param>
    public void Finish(ReadOnlyMemory<byte>? lastWord = null)
    {
        // Whoever is on the way out already is not told another reason.
        if (Interlocked.Exchange(ref _finishing, true))
        {
            return;
        }

        LastWord = lastWord;
        _outbox.Writer.TryComplete();
        _end.CancelAfter(TimeToLeave);
    }

    /// <summary>Lets the outbox run empty, then closes as a server that goes away.</summary>
    public void Leave()
    {
        _ending = WebSocketCloseStatus.EndpointUnavailable;
        Finish();
    }

    /// <summary>After <see cref="RunAsync"/>, which leaves nothing behind that would still use it.</summary>
    public void Dispose() => _end.Dispose();

    private ReadOnlyMemory<byte>? LastWord { get; set; }

    /// <summary>Serves the client until it leaves or is finished.</summary>
    /// <param name="receive">Called with each whole message, one after the other.</param>
    /// <param name="stopping">The service stops: the client is told that it goes away. The server waits for connections to end, and these end only when told to.</param>
    /// <param name="cancellationToken">The connection is gone.</param>
    public async Task RunAsync(Action<ReadOnlyMemory<byte>> receive, CancellationToken stopping, CancellationToken cancellationToken)
    {
        await using var leaving = stopping.Register(Leave);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        var writing = WriteAsync(end.Token);
        var reading = ReadAsync(receive, end.Token);
        await Task.WhenAny(writing, reading);

        // Whoever left takes nothing more; whoever was sent away gets the time to read why.
        Finish();
        if (reading.IsCompleted)
        {
            await end.CancelAsync();
        }

        await Task.WhenAll(writing, reading);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in _outbox.Reader.ReadAllAsync(cancellationToken))
            {
                await socket.SendAsync(frame, frames, endOfMessage: true, cancellationToken);
            }

            if (LastWord is { } lastWord)
            {
                await socket.SendAsync(lastWord, frames, endOfMessage: true, cancellationToken);
            }

            await socket.CloseOutputAsync(_ending, null, cancellationToken);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The client left or the service ends: either way there is nobody to tell.
        }
    }

    private async Task ReadAsync(Action<ReadOnlyMemory<byte>> receive, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                    return;
                }

                length += result.Count;
                if (result.EndOfMessage)
                {
                    receive(buffer.AsMemory(0, length));
                    length = 0;
                }
                else if (length == buffer.Length)
                {
                    if (length >= LargestMessage)
                    {
                        return;
                    }

                    Array.Resize(ref buffer, length * 2);
                }
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The client left without a word.
        }
    }
}
