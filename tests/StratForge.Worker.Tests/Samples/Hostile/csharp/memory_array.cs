// Asks for more than there is at once.
// ends: MEMORY_LIMIT
public sealed class Hostile : Strategy
{
    private long[]? _hoard;

    public override Signal? OnBar(Bar bar)
    {
        _hoard = new long[1 << 30];
        return null;
    }
}
