// Tears its process down.
// ends: CRASHED signal 6
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Environment.FailFast("no");
        return null;
    }
}
