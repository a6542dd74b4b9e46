// Raises a number to a power that takes for ever.
// ends: EVENT_TIMEOUT|MEMORY_LIMIT|STRATEGY_ERROR
using System.Numerics;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Log($"{BigInteger.Pow(BigInteger.Pow(9, 99_999), 9_999).IsEven}");
        return null;
    }
}
