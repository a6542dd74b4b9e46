// Collects garbage without end.
// ends: EVENT_TIMEOUT CPU
// platform: COMPILE_ERROR GC is not available
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        while (true)
        {
            GC.Collect();
        }
    }
}
