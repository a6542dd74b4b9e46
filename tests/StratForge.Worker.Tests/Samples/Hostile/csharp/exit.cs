// Leaves without a word.
// ends: EXITED
// platform: COMPILE_ERROR Environment.Exit is not available
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Environment.Exit(0);
        return null;
    }
}
