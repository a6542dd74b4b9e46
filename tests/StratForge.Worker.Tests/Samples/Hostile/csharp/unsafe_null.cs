// Writes to address zero.
// ends: STRATEGY_ERROR NullReferenceException
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override unsafe Signal? OnBar(Bar bar)
    {
        *(int*)0 = 1;
        return null;
    }
}
