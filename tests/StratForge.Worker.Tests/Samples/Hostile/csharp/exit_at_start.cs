// Leaves before it has begun.
// ends: CRASHED exit code 3
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public Hostile() => Environment.Exit(3);

    public override Signal? OnBar(Bar bar)
    {
        return null;
    }
}
