using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace StratForge.Gateway.Streams.Wires;

/// <summary>Sends straight to the socket: no copy into the server's pipe, no hop to another thread, no buffer.</summary>
/// <remarks>The server's pipe may still hold the end of the handshake when that is over, and bytes sent beside it would overtake it. So it begins with
/// the pipe; a ping goes through it, and only the client's answer, which proves that everything before it has left, opens the socket.</remarks>
internal sealed class SocketWire(ConnectionContext connection, Socket socket) : Wire
{
    private bool _isDirect;

    /// <summary>Everything that was written to the pipe has left. Nothing goes through it any more.</summary>
    public void GoDirect() => _isDirect = true;

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!_isDirect)
        {
            var written = connection.Transport.Output.WriteAsync(bytes);
            return !written.IsCompletedSuccessfully ? ThroughPipeAsync(written)
                : written.Result.IsCompleted ? ValueTask.FromException(Ended())
                : ValueTask.CompletedTask;
        }

        // It tries at once, on this thread, and is done when the socket's buffer takes everything. A call that does not block is no substitute:
        // when it takes a part, it says that it took nothing.
        var sending = socket.SendAsync(bytes, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully)
        {
            return FinishAsync(sending, bytes);
        }

        var sent = sending.Result;
        return sent == bytes.Length ? ValueTask.CompletedTask : FinishAsync(ValueTask.FromResult(sent), bytes);
    }

    public override void Abort() => connection.Abort();

    private static async ValueTask ThroughPipeAsync(ValueTask<FlushResult> written)
    {
        if ((await written).IsCompleted)
        {
            throw Ended();
        }
    }

    private static IOException Ended() => new("The connection has ended.");

    private async ValueTask FinishAsync(ValueTask<int> sending, ReadOnlyMemory<byte> bytes)
    {
        for (bytes = bytes[await sending..]; bytes.Length > 0;)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }
}
