using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StratForge.Benchmarks.Streams;

/// <summary>One WebSocket client over a bare socket.</summary>
internal sealed class LoadClient : IDisposable
{
    private const int SmallBuffer = 2 * 1024;
    private const int LargeBuffer = 64 * 1024;

    // An address has twenty-eight thousand ports, and those of closed connections rest for a minute. Linux answers to all of 127/8.
    private const int ClientsPerAddress = 5_000;

    private readonly Socket _socket;
    private byte[] _buffer = new byte[SmallBuffer];
    private bool _hasHeard;
    private volatile bool _isStalled;
    private volatile bool _isConnected = true;

    private LoadClient(Socket socket) => _socket = socket;

    /// <summary>The newest number of each symbol.</summary>
    public Dictionary<int, long> Newest { get; } = [];

    public bool IsConnected => _isConnected;

    /// <summary>Whether anything came, of so many symbols.</summary>
    public bool HasHeard(int symbols) => symbols == 0 ? Volatile.Read(ref _hasHeard) : Newest.Count >= symbols;

    public static async Task<LoadClient> OpenAsync(int port, int number, Hello hello, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (OperatingSystem.IsLinux())
        {
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + (number / ClientsPerAddress))]), 0));
        }

        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        var authorization = hello.Token is null ? "" : $"Authorization: Bearer {hello.Token}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {hello.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{authorization}"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), cancellationToken);
        var one = new byte[1];
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one, cancellationToken) == 0)
            {
                throw new IOException($"No handshake: {head}");
            }

            head.Append((char)one[0]);
        }

        if (!head.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            throw new IOException($"No handshake: {head}");
        }

        var client = new LoadClient(socket);
        if (hello.Words is not null)
        {
            client.Say(0x81, Encoding.UTF8.GetBytes(hello.Words));
        }

        return client;
    }

    /// <summary>Reads until one of both closes, or it is to stall.</summary>
    public async Task ReadAsync(LoadClients all)
    {
        var held = 0;
        try
        {
            while (await _socket.ReceiveAsync(_buffer.AsMemory(held)) is > 0 and var received)
            {
                if (_isStalled)
                {
                    return;
                }

                held += received;
                var taken = Take(all, _buffer.AsSpan(0, held));
                _buffer.AsSpan(taken, held - taken).CopyTo(_buffer);
                var isFull = held == _buffer.Length;
                held -= taken;
                if (isFull && (_buffer.Length < LargeBuffer || taken == 0))
                {
                    // One that gets much at once reads much at once.
                    Array.Resize(ref _buffer, _buffer.Length * 4);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed by one of both.
        }
        catch (InvalidDataException exception)
        {
            Console.Error.WriteLine(exception.Message);
        }

        _isConnected = false;
    }

    /// <summary>Takes nothing any more.</summary>
    public void Stall() => _isStalled = true;

    public void Dispose() => _socket.Dispose();

    private int Take(LoadClients all, ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (bytes.Length - at >= 2)
        {
            int length = bytes[at + 1];
            var head = length switch
            {
                126 => 4,
                127 => 10,
                _ => 2,
            };
            if (bytes.Length - at < head)
            {
                break;
            }

            length = length switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]),
                127 => (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[(at + 2)..]),
                _ => length,
            };
            if (bytes.Length - at < head + length)
            {
                break;
            }

            var payload = bytes.Slice(at + head, length);
            if (bytes[at] == 0x89)
            {
                Say(0x8A, payload);
            }
            else
            {
                Note(all, payload);
            }

            at += head + length;
        }

        return at;
    }

    // Several values may lie in one frame.
    private void Note(LoadClients all, ReadOnlySpan<byte> payload)
    {
        while (payload.IndexOf("\"ts\":"u8) is >= 0 and var at)
        {
            payload = payload[(at + 5)..];
            all.Note(NumberAt(ref payload));
            Volatile.Write(ref _hasHeard, true);
            if (payload.StartsWith(",\"s\":"u8))
            {
                payload = payload[5..];
                var symbol = (int)NumberAt(ref payload);
                payload = payload[5..];
                Newest[symbol] = NumberAt(ref payload);
            }
        }
    }

    private static long NumberAt(ref ReadOnlySpan<byte> bytes)
    {
        if (!Utf8Parser.TryParse(bytes, out long number, out var used))
        {
            throw new InvalidDataException("Not a value of this benchmark.");
        }

        bytes = bytes[used..];
        return number;
    }

    // Masked with zeros, which the standard allows and a server can't tell.
    private void Say(byte first, ReadOnlySpan<byte> payload)
    {
        byte[] frame = payload.Length < 126
            ? [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
            : [first, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];
        _socket.Send(frame);
    }
}
