// Connects to a Unix socket without a file.
// ends: STRATEGY_ERROR SocketException
// platform: COMPILE_ERROR
using System.Net.Sockets;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Connect(new UnixDomainSocketEndPoint("\0__MARKER__"));
        throw new InvalidOperationException("escaped");
    }
}
