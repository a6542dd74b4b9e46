// Swallows the error of memory and asks again.
// ends: MEMORY_LIMIT|EVENT_TIMEOUT|CRASHED
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        var hoard = new List<byte[]>();
        while (true)
        {
            try
            {
                hoard.Add(new byte[1 << 20]);
            }
            catch (OutOfMemoryException)
            {
            }
        }
    }
}
