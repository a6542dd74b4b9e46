public sealed class SmaCross : Strategy
{
    [Param(Min = 2, Max = 100)] public int Fast { get; init; } = 5;
    [Param(Min = 5, Max = 400)] public int Slow { get; init; } = 20;

    private Sma fast = null!, slow = null!;

    public override void OnStart()
    {
        fast = Sma(Fast);
        slow = Sma(Slow);
    }

    public override Signal? OnBar(Bar bar)
    {
        if (fast.CrossedAbove(slow)) return TargetPercent(0.2);
        if (fast.CrossedBelow(slow)) return Close();
        return null;
    }
}
