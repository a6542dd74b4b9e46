// Calls itself without end.
// ends: CRASHED signal 6
public sealed class Hostile : Strategy
{
    private static int Fall(int depth) => depth + Fall(depth + 1) + depth;

    public override Signal? OnBar(Bar bar)
    {
        _ = Fall(0);
        return null;
    }
}
