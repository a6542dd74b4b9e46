// Two moving averages of the closing price. The fast one crossing above the slow one says that the price has begun to rise:
// put a share of the equity into the symbol. Crossing below says the opposite: sell what is held.
public sealed class SmaCross : Strategy
{
    [Param(Min = 2, Max = 100)] public int Fast { get; init; } = 5;
    [Param(Min = 5, Max = 400)] public int Slow { get; init; } = 20;
    [Param(Min = 0.01, Max = 1, Description = "Share of the equity to invest")] public double Share { get; init; } = 0.2;

    private Sma fast = null!;
    private Sma slow = null!;

    public override void OnStart()
    {
        fast = Sma(Fast);
        slow = Sma(Slow);
    }

    public override Signal? OnBar(Bar bar)
    {
        Plot("fast", fast.Value);
        Plot("slow", slow.Value);

        if (fast.CrossedAbove(slow))
        {
            Explain("The fast average crossed above the slow one.");
            return TargetPercent(Share, confidence: 0.8);
        }

        if (fast.CrossedBelow(slow))
        {
            Explain("The fast average crossed below the slow one.");
            return Close();
        }

        return null;
    }
}
