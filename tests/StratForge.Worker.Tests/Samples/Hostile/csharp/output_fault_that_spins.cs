// Fails with an error whose text never ends.
// ends: EVENT_TIMEOUT CPU
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        throw new Endless();
    }
}

public sealed class Endless : Exception
{
    public override string Message
    {
        get
        {
            while (true)
            {
            }
        }
    }
}
