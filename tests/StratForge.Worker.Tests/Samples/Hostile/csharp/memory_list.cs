// Fills a list without end.
// ends: MEMORY_LIMIT
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        var hoard = new List<byte[]>();
        while (true)
        {
            hoard.Add(new byte[1 << 20]);
        }
    }
}
