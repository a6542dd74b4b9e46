// Fills the pool of threads with work that never ends.
// ends: THREAD_LIMIT|CPU_LIMIT|EVENT_TIMEOUT
// platform: COMPILE_ERROR
using System.Threading;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        ThreadPool.SetMinThreads(500, 500);
        for (var i = 0; i < 500; i++)
        {
            ThreadPool.QueueUserWorkItem(_ => Thread.Sleep(Timeout.Infinite));
        }
        return null;
    }
}
