// Buys a quantity that is no number.
// ends: STRATEGY_ERROR Exception
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Buy(double.NaN);
        return null;
    }
}
