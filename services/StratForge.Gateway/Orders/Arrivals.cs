namespace StratForge.Gateway.Orders;

/// <summary>Numbers orders by the time of their arrival: whole microseconds, each later than the one before, so that the time
/// alone says which of two orders is older.</summary>
internal sealed class Arrivals(TimeProvider clock)
{
    private long _last;

    public DateTimeOffset Next()
    {
        while (true)
        {
            var now = clock.GetUtcNow().UtcTicks;
            now -= now % TimeSpan.TicksPerMicrosecond;
            var last = Interlocked.Read(ref _last);
            var next = Math.Max(now, last + TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return new DateTimeOffset(next, TimeSpan.Zero);
            }
        }
    }
}
