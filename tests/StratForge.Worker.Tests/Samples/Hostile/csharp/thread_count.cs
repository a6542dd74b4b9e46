// Starts more threads than it may and answers its bars.
// ends: THREAD_LIMIT threads
// platform: COMPILE_ERROR
using System.Threading;

public sealed class Hostile : Strategy
{
    private int _started;

    public override Signal? OnBar(Bar bar)
    {
        for (var i = 0; _started < 80; i++)
        {
            _started++;
            new Thread(() => Thread.Sleep(Timeout.Infinite), 64 * 1024) { IsBackground = true }.Start();
        }
        return null;
    }
}
