// Never finishes to be looked at.
// ends: INIT_TIMEOUT
public sealed class Hostile : Strategy
{
    static Hostile()
    {
        while (true)
        {
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        return null;
    }
}
