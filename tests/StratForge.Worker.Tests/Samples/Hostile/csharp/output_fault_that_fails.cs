// Fails with an error that can't be told.
// ends: STRATEGY_ERROR|CRASHED|EXITED
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        throw new Untold();
    }
}

public sealed class Untold : Exception
{
    public override string Message => throw new Untold();
}
