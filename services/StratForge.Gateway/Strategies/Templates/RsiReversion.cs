// Mean reversion. When the relative strength index says that the price has fallen too fast, buy; when it is back in the middle, sell.
// A stop loss below the entry limits what a fall that goes on can cost.
public sealed class RsiReversion : Strategy
{
    [Param(Min = 2, Max = 100)] public int Period { get; init; } = 14;
    [Param(Min = 5, Max = 50, Description = "Buy when the index falls below")] public double Oversold { get; init; } = 30;
    [Param(Min = 30, Max = 95, Description = "Sell when it rises above")] public double Recovered { get; init; } = 55;
    [Param(Min = 0.1, Max = 20, Description = "Stop loss, percent below the price")] public double StopPercent { get; init; } = 2;
    [Param(Min = 0.01, Max = 1, Description = "Share of the equity to invest")] public double Share { get; init; } = 0.2;

    private Rsi rsi = null!;

    public override void OnStart() => rsi = Rsi(Period);

    public override Signal? OnBar(Bar bar)
    {
        Plot("rsi", rsi.Value);

        if (Position.IsFlat && rsi.CrossedBelow(Oversold))
        {
            var stop = bar.Close * (1 - StopPercent / 100);
            return TargetPercent(Share, stopLoss: stop, metadata: new { rsi = rsi.Value });
        }

        if (Position.IsLong && rsi.CrossedAbove(Recovered))
        {
            return Close(metadata: new { rsi = rsi.Value });
        }

        return null;
    }
}
