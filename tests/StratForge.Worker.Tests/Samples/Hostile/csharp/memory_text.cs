// Doubles a text without end.
// ends: MEMORY_LIMIT
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        var text = "x";
        while (true)
        {
            text += text;
        }
    }
}
