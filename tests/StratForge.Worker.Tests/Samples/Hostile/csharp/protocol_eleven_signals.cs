// Emits more signals at one bar than it may.
// ends: STRATEGY_ERROR signals
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        for (var i = 0; i < 11; i++)
        {
            Buy(1);
        }
        return null;
    }
}
