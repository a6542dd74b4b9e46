// Connects to a listener on this machine.
// ends: STRATEGY_ERROR SocketException
// platform: COMPILE_ERROR
using System.Net.Sockets;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        new TcpClient("127.0.0.1", __TCP__).GetStream().WriteByte(1);
        throw new InvalidOperationException("escaped");
    }
}
