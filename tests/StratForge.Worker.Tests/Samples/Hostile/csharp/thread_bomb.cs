// Starts threads without end.
// ends: THREAD_LIMIT|MEMORY_LIMIT|CRASHED
// platform: COMPILE_ERROR
using System.Threading;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        for (var i = 0; ; i++)
        {
            new Thread(() => Thread.Sleep(Timeout.Infinite), 64 * 1024) { IsBackground = true }.Start();
        }
    }
}
