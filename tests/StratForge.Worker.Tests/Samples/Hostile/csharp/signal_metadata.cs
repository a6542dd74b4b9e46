// Attaches a megabyte to a signal.
// ends: STRATEGY_ERROR metadata
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        return Buy(1, metadata: new Dictionary<string, object?> { ["x"] = new string('y', 1_000_000) });
    }
}
