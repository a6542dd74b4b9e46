// Never returns from a bar.
// ends: EVENT_TIMEOUT CPU
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        while (true)
        {
        }
    }
}
