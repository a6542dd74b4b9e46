/** What a new strategy begins as, by language: the smallest one that trades. */
export const templates: Readonly<Record<string, string>> = {
  csharp: `// Holds the symbol while its fast average is above its slow one.
public sealed class Crossover : Strategy
{
    [Param(Min = 2, Max = 100)] public int Fast { get; init; } = 10;
    [Param(Min = 5, Max = 400)] public int Slow { get; init; } = 30;

    private Sma fast = null!;
    private Sma slow = null!;

    public override void OnStart()
    {
        fast = Sma(Fast);
        slow = Sma(Slow);
    }

    public override Signal? OnBar(Bar bar)
    {
        if (fast.CrossedAbove(slow)) return TargetPercent(0.5);
        if (fast.CrossedBelow(slow)) return Close();
        return null;
    }
}
`,
  python: `class Crossover(Strategy):
    """Holds the symbol while its fast average is above its slow one."""

    fast_len = param(10, min=2, max=100)
    slow_len = param(30, min=5, max=400)

    def on_start(self):
        self.fast = sma(self.fast_len)
        self.slow = sma(self.slow_len)

    def on_bar(self, bar):
        if self.fast.crossed_above(self.slow):
            return self.target_percent(0.5)
        if self.fast.crossed_below(self.slow):
            return self.close()
`,
};
