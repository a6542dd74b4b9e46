// Fails with a text of ten million characters.
// ends: STRATEGY_ERROR FormatException
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        throw new FormatException(new string('x', 10_000_000));
    }
}
