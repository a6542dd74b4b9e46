// Trend following. MACD says when momentum turns up; a long average says whether the market as a whole rises. Buy only when both agree,
// and leave when momentum turns down. The long average is one of fifteen-minute bars: a slower look at the same market.
public sealed class MacdTrend : Strategy
{
    [Param(Min = 2, Max = 100)] public int Fast { get; init; } = 12;
    [Param(Min = 5, Max = 200)] public int Slow { get; init; } = 26;
    [Param(Min = 2, Max = 100)] public int Smooth { get; init; } = 9;
    [Param(Min = 2, Max = 200, Description = "Average of fifteen-minute bars that has to lie below the price")] public int Trend { get; init; } = 20;
    [Param(Min = 0.01, Max = 1, Description = "Share of the equity to invest")] public double Share { get; init; } = 0.2;

    private Macd macd = null!;
    private Ema trend = null!;

    public override void OnStart()
    {
        Subscribe(Symbol, "1m");
        var quarters = Subscribe(Symbol, "15m");
        macd = Macd(Fast, Slow, Smooth);
        trend = Ema(Trend, of: quarters);
    }

    public override Signal? OnBar(Bar bar)
    {
        // Each quarter of an hour the longer bar comes as well; only minutes are traded.
        if (bar.Minutes > 1)
        {
            return null;
        }

        if (Position.IsFlat && bar.Close > trend.Value && macd.Histogram.CrossedAbove(0))
        {
            return TargetPercent(Share, metadata: new { histogram = macd.Histogram.Value, trend = trend.Value });
        }

        if (Position.IsLong && macd.Histogram.CrossedBelow(0))
        {
            return Close(metadata: new { histogram = macd.Histogram.Value });
        }

        return null;
    }
}
