// Connects to a Unix socket.
// ends: STRATEGY_ERROR SocketException
// platform: COMPILE_ERROR
using System.Net.Sockets;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Connect(new UnixDomainSocketEndPoint("__FOLDER__/socket"));
        throw new InvalidOperationException("escaped");
    }
}
