// Leaks a little at every bar.
// ends: MEMORY_LIMIT
public sealed class Hostile : Strategy
{
    private readonly List<byte[]> _hoard = [];

    public override Signal? OnBar(Bar bar)
    {
        _hoard.Add(new byte[12 << 20]);
        return null;
    }
}
