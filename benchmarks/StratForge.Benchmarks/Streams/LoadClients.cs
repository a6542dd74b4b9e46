using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StratForge.Benchmarks.Streams;

/// <summary>Many WebSocket clients in this process, over bare sockets: they count what they get and how old it is, and keep nothing else.</summary>
internal sealed class LoadClients : IDisposable
{
    private const int AtOnce = 64;
    private const int Buckets = 4096;

    // Buckets of 2 % from a microsecond on: some two thousand reach beyond an hour.
    private static readonly double Growth = Math.Log(1.02);

    private readonly List<LoadClient> _clients = [];
    private readonly long[] _ages = new long[Buckets];
    private long _delivered;

    /// <summary>Values that have arrived.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    public int Count => _clients.Count;

    /// <summary>Connects clients.</summary>
    /// <param name="contestant">To whom.</param>
    /// <param name="count">How many.</param>
    /// <param name="pathOf">Where each connects.</param>
    /// <param name="token">Who they are; null for nobody.</param>
    /// <param name="firstWordsOf">What each says first; null for nothing.</param>
    public static async Task<LoadClients> ConnectAsync(Contestant contestant, int count, Func<int, string> pathOf, string? token = null, Func<int, string>? firstWordsOf = null)
    {
        var all = new LoadClients();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellationToken) =>
        {
            var client = await LoadClient.OpenAsync(contestant, pathOf(number), token, contestant.Speaks == Dialect.SignalR ? SignalRHandshake : firstWordsOf?.Invoke(number));
            lock (all._clients)
            {
                all._clients.Add(client);
            }

            _ = client.ReadAsync(all);
        });
        return all;
    }

    private static string SignalRHandshake => "{\"protocol\":\"json\",\"version\":1}\u001e";

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset()
    {
        Array.Clear(_ages);
        Interlocked.Exchange(ref _delivered, 0);
    }

    /// <summary>A value arrived that was published at this time.</summary>
    public void Note(long publishedAt)
    {
        var microseconds = Stopwatch.GetElapsedTime(publishedAt).TotalMicroseconds;
        Interlocked.Increment(ref _ages[Math.Clamp((int)(Math.Log(Math.Max(1, microseconds)) / Growth), 0, Buckets - 1)]);
        Interlocked.Increment(ref _delivered);
    }

    /// <summary>The age below which a share of the values was, in milliseconds.</summary>
    public double Percentile(double share)
    {
        var rank = (long)Math.Ceiling(_ages.Sum() * share);
        var bucket = 0;
        for (long seen = _ages[0]; seen < rank && bucket < Buckets - 1; seen += _ages[++bucket])
        {
        }

        return Math.Exp((bucket + 1) * Growth) / 1000;
    }

    /// <summary>The newest number that each client has of each symbol.</summary>
    public IEnumerable<IReadOnlyDictionary<int, long>> Newest => _clients.Select(client => client.Newest);

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private sealed class LoadClient(Socket socket) : IDisposable
    {
        private const int BufferBytes = 16 * 1024;

        public Dictionary<int, long> Newest { get; } = [];

        public static async Task<LoadClient> OpenAsync(Contestant contestant, string path, string? token, string? firstWords)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, contestant.Address.Port));
            var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{contestant.Address.Port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{authorization}"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
            var one = new byte[1];
            var head = new StringBuilder();
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await socket.ReceiveAsync(one) == 0)
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
            if (firstWords is not null)
            {
                client.Say(0x81, Encoding.UTF8.GetBytes(firstWords));
            }

            return client;
        }

        public async Task ReadAsync(LoadClients all)
        {
            // Held only while something is half there, so that this process holds ten thousand clients too.
            byte[]? buffer = null;
            var held = 0;
            try
            {
                while (true)
                {
                    if (buffer is null)
                    {
                        await socket.ReceiveAsync(Memory<byte>.Empty);
                        buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferBytes);
                    }

                    if (held == buffer.Length)
                    {
                        Array.Resize(ref buffer, buffer.Length * 2);
                    }

                    var received = await socket.ReceiveAsync(buffer.AsMemory(held));
                    if (received == 0)
                    {
                        return;
                    }

                    held += received;
                    var taken = Take(all, buffer.AsSpan(0, held));
                    buffer.AsSpan(taken, held - taken).CopyTo(buffer);
                    held -= taken;
                    if (held == 0)
                    {
                        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
                        buffer = null;
                    }
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Closed by one of both.
            }
        }

        public void Dispose() => socket.Dispose();

        private int Take(LoadClients all, ReadOnlySpan<byte> bytes)
        {
            var at = 0;
            while (bytes.Length - at >= 2)
            {
                int length = bytes[at + 1];
                var head = 2;
                if (length == 126)
                {
                    if (bytes.Length - at < 4)
                    {
                        break;
                    }

                    (length, head) = (System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]), 4);
                }
                else if (length == 127)
                {
                    if (bytes.Length - at < 10)
                    {
                        break;
                    }

                    (length, head) = ((int)System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[(at + 2)..]), 10);
                }

                if (bytes.Length - at < head + length)
                {
                    break;
                }

                var payload = bytes.Slice(at + head, length);
                if (bytes[at] == 0x89)
                {
                    Say(0x8A, payload);
                }
                else if (bytes[at] == 0x81)
                {
                    Note(all, payload);
                }

                at += head + length;
            }

            return at;
        }

        // Each value bears when it was published, and those of the market their symbol and number: "ts":1,"s":2,"n":3.
        private void Note(LoadClients all, ReadOnlySpan<byte> payload)
        {
            while (payload.IndexOf("\"ts\":"u8) is >= 0 and var at)
            {
                payload = payload[(at + 5)..];
                var publishedAt = NumberAt(ref payload);
                all.Note(publishedAt);
                if (payload.StartsWith(",\"s\":"u8))
                {
                    payload = payload[5..];
                    var symbol = (int)NumberAt(ref payload);
                    payload = payload[5..];
                    Newest[symbol] = NumberAt(ref payload);
                }
                else
                {
                    return;
                }
            }
        }

        private static long NumberAt(ref ReadOnlySpan<byte> bytes)
        {
            if (!System.Buffers.Text.Utf8Parser.TryParse(bytes, out long number, out var used))
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
            socket.Send(frame);
        }
    }
}
