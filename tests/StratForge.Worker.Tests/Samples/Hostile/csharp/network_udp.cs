// Sends a datagram.
// ends: STRATEGY_ERROR SocketException
// platform: COMPILE_ERROR
using System.Net.Sockets;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        new UdpClient().Send([1], 1, "127.0.0.1", __UDP__);
        throw new InvalidOperationException("escaped");
    }
}
