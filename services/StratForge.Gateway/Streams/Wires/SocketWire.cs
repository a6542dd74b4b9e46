using System.Net.Sockets;

namespace StratForge.Gateway.Streams.Wires;

/// <summary>Sends straight to the socket: no copy into the server's pipe, no hop to another thread, no buffer.</summary>
/// <remarks>The server's pipe may still hold the end of the handshake when that is over, and bytes sent beside it would overtake it. So it begins with
/// the stream; a ping goes through it, and only the client's answer, which proves that everything before it has left, opens the socket.</remarks>
internal sealed class SocketWire(HttpContext context, Stream stream, Socket socket) : Wire(context)
{
    private bool _isDirect;

    /// <summary>Everything that was written to the stream has left. Nothing goes through it any more.</summary>
    public void GoDirect()
    {
        // Sends then say that they would block instead of blocking. The server itself only uses asynchronous calls.
        socket.Blocking = false;
        _isDirect = true;
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!_isDirect)
        {
            return stream.WriteAsync(bytes);
        }

        while (true)
        {
            var sent = socket.Send(bytes.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return SendLaterAsync(bytes);
            }

            if (error != SocketError.Success)
            {
                return ValueTask.FromException(new IOException($"The client is gone: {error}."));
            }

            if (sent == bytes.Length)
            {
                return ValueTask.CompletedTask;
            }

            bytes = bytes[sent..];
        }
    }

    private async ValueTask SendLaterAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }
}
