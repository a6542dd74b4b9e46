// Asks a question that has no end.
// ends: EVENT_TIMEOUT CPU
public sealed class Hostile : Strategy
{
    private static IEnumerable<int> Endless()
    {
        while (true)
        {
            yield return 1;
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        _ = Endless().Count(n => n < 0);
        return null;
    }
}
