using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace StratForge.Benchmarks.Streams;

/// <summary>Publishes over one bare connection, so that it takes as little of the machine as can be. What is published leaves with <see cref="Flush"/>.</summary>
internal sealed class Publisher : IDisposable
{
    private const string NatsManners = """{"verbose":false}""";

    private readonly Socket _socket;
    private readonly bool _isNats;
    private readonly ArrayBufferWriter<byte> _pending = new(64 * 1024);

    private Publisher(EndPoint server, bool isNats)
    {
        _isNats = isNats;
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(server);
    }

    /// <summary>To the Redis of a connection string.</summary>
    public static Publisher ToRedis(string redis)
    {
        var configuration = ConfigurationOptions.Parse(redis);
        var publisher = new Publisher(configuration.EndPoints[0], isNats: false);
        if (configuration.Password is { Length: > 0 } password)
        {
            publisher.Write($"*2\r\n$4\r\nAUTH\r\n${password.Length}\r\n{password}\r\n");
        }

        _ = publisher.PassOverAsync();
        return publisher;
    }

    /// <summary>To a nats-server on this machine.</summary>
    public static Publisher ToNats(int port)
    {
        var publisher = new Publisher(new IPEndPoint(IPAddress.Loopback, port), isNats: true);
        publisher.Write($"CONNECT {NatsManners}\r\n");
        _ = publisher.PassOverAsync();
        return publisher;
    }

    public void Publish(string topic, ReadOnlySpan<byte> message)
    {
        if (_isNats)
        {
            Write($"PUB {topic} {message.Length}\r\n");
        }
        else
        {
            Write($"*3\r\n$7\r\nPUBLISH\r\n${topic.Length}\r\n{topic}\r\n${message.Length}\r\n");
        }

        _pending.Write(message);
        _pending.Write("\r\n"u8);
    }

    public void Flush()
    {
        for (var left = _pending.WrittenSpan; left.Length > 0;)
        {
            left = left[_socket.Send(left)..];
        }

        _pending.ResetWrittenCount();
    }

    public void Dispose() => _socket.Dispose();

    private void Write(FormattableString text) => Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture), _pending);

    // What the server answers is of no interest.
    private async Task PassOverAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed by one of both.
        }
    }
}
