// Counts how often it has run in a place that runs might share.
// ends: STRATEGY_ERROR count 1
// copies: 2
public sealed class Hostile : Strategy
{
    private static int _runs;

    public override Signal? OnBar(Bar bar)
    {
        throw new FormatException($"count {++_runs}");
    }
}
