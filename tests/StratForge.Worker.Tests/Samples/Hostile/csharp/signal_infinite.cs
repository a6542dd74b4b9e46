// Buys without end.
// ends: STRATEGY_ERROR Exception
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Buy(double.PositiveInfinity);
        return null;
    }
}
