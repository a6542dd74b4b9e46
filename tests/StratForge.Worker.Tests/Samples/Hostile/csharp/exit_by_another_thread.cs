// Fails where nobody catches it.
// ends: CRASHED
// platform: COMPILE_ERROR
using System.Threading;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        var thread = new Thread(() => throw new FormatException("elsewhere"));
        thread.Start();
        thread.Join();
        return null;
    }
}
