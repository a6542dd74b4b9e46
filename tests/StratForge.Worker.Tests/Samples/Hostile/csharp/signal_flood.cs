// Emits ten signals at every bar.
// ends: SIGNAL_LIMIT
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        for (var i = 0; i < 10; i++)
        {
            Buy(1);
        }
        return null;
    }
}
