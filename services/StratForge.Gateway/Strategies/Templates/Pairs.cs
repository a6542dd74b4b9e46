// Two symbols that move together. When the ratio of their prices strays from its average, hold the one that has become cheap; when the ratio
// is back, hold neither. Long only: the other half of the classical pair, selling the dear one short, needs an account that may.
public sealed class Pairs : Strategy
{
    [Param(Description = "The other symbol")] public string Other { get; init; } = "QQQ";
    [Param(Min = 10, Max = 1000, Description = "Bars of the average")] public int Period { get; init; } = 60;
    [Param(Min = 0.5, Max = 5, Description = "Standard deviations to enter")] public double Enter { get; init; } = 2;
    [Param(Min = 0, Max = 2, Description = "Standard deviations to leave")] public double Leave { get; init; } = 0.5;
    [Param(Min = 0.01, Max = 1, Description = "Share of the equity to invest")] public double Share { get; init; } = 0.2;

    private BarFeed mine = null!;
    private BarFeed others = null!;
    private StdDev spread = null!;

    public override void OnStart()
    {
        mine = Subscribe(Symbol);
        others = Subscribe(Other);

        // Fed by hand, with the ratio: it is no price of either symbol, so it is not declared.
        spread = new StdDev(Period);
    }

    public override Signal? OnBar(Bar bar)
    {
        // Once for both: when each has closed the same minute.
        if (mine.Bars.Count == 0 || others.Bars.Count == 0 || mine.Bars[0].OpensAtMs != others.Bars[0].OpensAtMs)
        {
            return null;
        }

        var ratio = mine.Bars[0].Close / others.Bars[0].Close;
        spread.Update(ratio);
        if (!spread.IsReady || spread.Value == 0)
        {
            return null;
        }

        var score = (ratio - spread.Mean) / spread.Value;
        Plot("score", score);
        if (Math.Abs(score) < Leave)
        {
            Close(metadata: new { score });
            return Close(symbol: Other, metadata: new { score });
        }

        if (Math.Abs(score) < Enter || !Position.IsFlat || !PositionOf(Other).IsFlat || OpenOrders.Count > 0)
        {
            return null;
        }

        return score < 0
            ? TargetPercent(Share, metadata: new { score })
            : TargetPercent(Share, symbol: Other, metadata: new { score });
    }
}
