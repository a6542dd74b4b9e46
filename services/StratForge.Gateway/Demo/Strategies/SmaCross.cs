// Two moving averages of the closing price. The fast one crossing above the slow one says that the price has begun to rise:
// put a fifth of the equity into the symbol. Crossing below says the opposite: sell what is held.
public sealed class SmaCross : Strategy
{
    [Param(Min = 2, Max = 100)] public int Fast { get; init; } = 5;
    [Param(Min = 5, Max = 400)] public int Slow { get; init; } = 20;

    private Sma fast = null!;
    private Sma slow = null!;

    public override void OnStart()
    {
        fast = Sma(Fast);
        slow = Sma(Slow);
    }

    public override Signal? OnBar(Bar bar)
    {
        if (fast.CrossedAbove(slow))
        {
            return TargetPercent(0.2, confidence: 0.8);
        }

        if (fast.CrossedBelow(slow))
        {
            return Close();
        }

        return null;
    }
}
