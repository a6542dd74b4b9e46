// Takes a stack of a gigabyte.
// ends: CRASHED signal
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Span<long> large = stackalloc long[1 << 27];
        large.Fill(bar.Open > 0 ? 1 : 0);
        Log($"{large[5]}");
        return null;
    }
}
