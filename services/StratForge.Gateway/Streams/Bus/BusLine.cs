using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace StratForge.Gateway.Streams.Bus;

/// <summary>One connection to Redis that only listens.</summary>
/// <remarks>Not the multiplexer's: that takes 3 µs a message and a delegate call each, this takes a quarter of one and hands over what came together
/// as one batch, which is what lets a client be written to once for all of it.</remarks>
internal sealed class BusLine : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;

    private BusLine(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>Connects to the first of the configured servers that answers, and signs in.</summary>
    /// <exception cref="SocketException">None answers.</exception>
    /// <exception cref="IOException">It hung up.</exception>
    public static async Task<BusLine> OpenAsync(ConfigurationOptions configuration, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await OpenAsync(configuration, configuration.EndPoints[i], cancellationToken);
            }
            catch (Exception exception) when (exception is SocketException or IOException && i + 1 < configuration.EndPoints.Count)
            {
                // The next one may be there.
            }
        }
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) => _stream.ReadAsync(into, cancellationToken);

    /// <summary>Says something to the server.</summary>
    /// <param name="words">A command and its arguments.</param>
    public ValueTask SayAsync(CancellationToken cancellationToken, params IReadOnlyList<string> words)
    {
        var text = new StringBuilder().Append('*').Append(words.Count).Append("\r\n");
        foreach (var word in words)
        {
            text.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
        }

        return _stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static async Task<BusLine> OpenAsync(ConfigurationOptions configuration, EndPoint server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            stream = new NetworkStream(socket, ownsSocket: false);
            if (configuration.Ssl)
            {
                var secure = new SslStream(stream);
                stream = secure;
                var host = configuration.SslHost ?? (server as DnsEndPoint)?.Host ?? "";
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
            }

            var line = new BusLine(socket, stream);
            if (!string.IsNullOrEmpty(configuration.Password))
            {
                await line.SayAsync(cancellationToken, "AUTH", configuration.Password);
            }

            return line;
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            socket.Dispose();
            throw;
        }
    }
}
