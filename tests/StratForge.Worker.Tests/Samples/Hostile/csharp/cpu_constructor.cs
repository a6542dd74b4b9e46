// Never finishes to be built.
// ends: INIT_TIMEOUT
public sealed class Hostile : Strategy
{
    public Hostile()
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
