using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace StratForge.Alpaca;

/// <summary>Keeps one WebSocket connection alive for as long as it is read: connects, greets, reads messages, and connects again.</summary>
/// <remarks>The owner's channel decides what happens when nobody reads: a bounded one makes the socket wait, and the venue
/// then cuts a slow client.</remarks>
internal sealed partial class ReconnectingSocket(Uri endpoint, AlpacaOptions options, TimeProvider clock, ILogger logger) : IDisposable
{
    // The venue's largest frames are a few hundred kilobytes; this is where a fault stops taking our memory.
    private const int LargestMessage = 16 * 1024 * 1024;

    // A connection that lasted this long was a good one, so the next attempt comes soon.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    // The venue pings nobody; without our own pings a dead peer would look like a quiet market.
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly KeyValuePair<string, object?> _tag = new("endpoint", endpoint.AbsolutePath);
    private ClientWebSocket? _socket;
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>Runs until cancelled. Every failure is reported through <paramref name="protocol"/> and followed by a new attempt.</summary>
    public async Task RunAsync(ISocketProtocol protocol, CancellationToken cancellationToken)
    {
        // Jitter only has to differ between processes; the start time does that.
        var jitter = new Random(unchecked((int)clock.GetTimestamp()) ^ endpoint.GetHashCode());
        var failures = 0;

        while (!cancellationToken.IsCancellationRequested)
        {
            var startedAt = clock.GetTimestamp();
            string reason;
            try
            {
                reason = await RunOnceAsync(protocol, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is WebSocketException or HttpRequestException or IOException or AlpacaStreamException
                or OperationCanceledException or System.Text.Json.JsonException or FormatException)
            {
                reason = fault is OperationCanceledException ? "the venue did not answer in time" : fault.Message.TrimEnd('.');
            }

            AlpacaTelemetry.StreamLosses.Add(1, _tag);
            failures = clock.GetElapsedTime(startedAt) >= Settled ? 0 : Math.Min(failures + 1, 30);
            var wait = Backoff(failures, jitter);
            LogLost(endpoint, reason, wait.TotalMilliseconds);

            try
            {
                await protocol.LostAsync(reason, cancellationToken);
                await Task.Delay(wait, clock, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Sends a text message on the present connection.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            var socket = _socket ?? throw new AlpacaStreamException("not connected");
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Reads one whole message; valid until the next call. Empty when the venue closed the connection.</summary>
    public async Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        var socket = _socket ?? throw new AlpacaStreamException("not connected");
        var length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length >= LargestMessage)
                {
                    throw new AlpacaStreamException($"a message exceeds {LargestMessage} bytes");
                }

                Array.Resize(ref _buffer, length * 2);
            }

            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return ReadOnlyMemory<byte>.Empty;
            }

            length += part.Count;
            // An empty message says nothing; reading on keeps it apart from a close.
            if (part.EndOfMessage && length > 0)
            {
                AlpacaTelemetry.StreamFrames.Add(1, _tag);
                return _buffer.AsMemory(0, length);
            }
        }
    }

    public void Dispose() => _sending.Dispose();

    private async Task<string> RunOnceAsync(ISocketProtocol protocol, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = PingEvery;
        socket.Options.KeepAliveTimeout = PingEvery;
        try
        {
            using (var timeout = new CancellationTokenSource(options.RequestTimeout, clock))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken))
            {
                await socket.ConnectAsync(endpoint, either.Token);
                _socket = socket;
                await protocol.GreetAsync(this, either.Token);
            }

            AlpacaTelemetry.StreamConnections.Add(1, _tag);
            LogConnected(endpoint);

            while (await ReceiveAsync(cancellationToken) is { IsEmpty: false } message)
            {
                await protocol.HandleAsync(message, cancellationToken);
            }

            return socket.CloseStatusDescription is { Length: > 0 } said ? $"closed by the venue: {said}" : "closed by the venue";
        }
        finally
        {
            _socket = null;
            await CloseAsync(socket);
        }
    }

    // The venue holds one connection per key: saying goodbye frees the place at once.
    private async Task CloseAsync(ClientWebSocket socket)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        try
        {
            using var briefly = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), clock);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, briefly.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end vanished first, which is what we wanted.
        }
    }

    private TimeSpan Backoff(int failures, Random jitter)
    {
        var longest = options.ReconnectAfter * Math.Pow(2, Math.Max(0, failures - 1));
        var capped = longest < options.ReconnectAfterAtMost ? longest : options.ReconnectAfterAtMost;
        return capped * (0.5 + (jitter.NextDouble() / 2));
    }

    [LoggerMessage(LogLevel.Information, "Stream {Endpoint} is connected")]
    private partial void LogConnected(Uri endpoint);

    [LoggerMessage(LogLevel.Warning, "Stream {Endpoint} is lost: {Reason}. Next attempt in {Milliseconds:0} ms")]
    private partial void LogLost(Uri endpoint, string reason, double milliseconds);
}

/// <summary>What is said on a <see cref="ReconnectingSocket"/>.</summary>
internal interface ISocketProtocol
{
    /// <summary>Authenticates a fresh connection and asks for what is wanted.</summary>
    Task GreetAsync(ReconnectingSocket socket, CancellationToken cancellationToken);

    /// <summary>Handles one message, whose memory is used again afterwards.</summary>
    ValueTask HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>The connection or the attempt ended.</summary>
    ValueTask LostAsync(string reason, CancellationToken cancellationToken);
}
