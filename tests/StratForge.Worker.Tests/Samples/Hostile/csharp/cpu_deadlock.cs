// Waits for what nobody will do.
// ends: EVENT_TIMEOUT one event
using System.Threading;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        lock (this)
        {
            _ = Monitor.Wait(this);
        }
        return null;
    }
}
