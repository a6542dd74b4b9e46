using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>One HTTP connection that is kept alive: a request out, its answer in.</summary>
/// <remarks>A plain socket with blocking calls, because whatever the load costs is taken from what it measures: the two share the machine.</remarks>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[16 * 1024];

    public LoadConnection(Uri address) => _socket.Connect(address.Host, address.Port);

    /// <summary>Sends a request and waits for its whole answer, which is valid until the next call.</summary>
    /// <exception cref="IOException">The connection ended, or the answer is longer than any that is expected.</exception>
    public ReadOnlySpan<byte> Exchange(ReadOnlySpan<byte> request)
    {
        while (request.Length > 0)
        {
            request = request[_socket.Send(request)..];
        }

        var length = 0;
        do
        {
            var read = _socket.Receive(_answer.AsSpan(length));
            length += read > 0
                ? read
                : throw new IOException($"The gateway ended the connection after: {Encoding.UTF8.GetString(_answer.AsSpan(0, length))}");
        }
        while (!IsWhole(_answer.AsSpan(0, length)));

        return _answer.AsSpan(0, length);
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        var at = answer[..head].IndexOf("\r\nContent-Length: "u8);
        if (at < 0)
        {
            // Chunked, and the last chunk is empty.
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var value = answer[(at + "\r\nContent-Length: ".Length)..];
        return answer.Length - head - 4 >= int.Parse(value[..value.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
