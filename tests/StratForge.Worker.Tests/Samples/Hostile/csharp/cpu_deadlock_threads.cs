// Locks two things in two orders.
// ends: EVENT_TIMEOUT one event
// platform: COMPILE_ERROR
using System.Threading;

public sealed class Hostile : Strategy
{
    private static void Take(object first, object second, Barrier both)
    {
        lock (first)
        {
            both.SignalAndWait();
            lock (second)
            {
            }
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        object one = new(), two = new();
        using var both = new Barrier(2);
        var other = new Thread(() => Take(two, one, both)) { IsBackground = true };
        other.Start();
        Take(one, two, both);
        return null;
    }
}
