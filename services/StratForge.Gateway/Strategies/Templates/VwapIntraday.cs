// Intraday, for stocks. The volume-weighted average price is what the day's buyers paid on average. Buy when the price climbs above it, sell when it falls
// below; wait until the first half hour has shown where the day goes, and be flat before the exchange closes.
public sealed class VwapIntraday : Strategy
{
    [Param(Min = 0, Max = 120, Description = "Minutes after the open before the first trade")] public int Wait { get; init; } = 30;
    [Param(Min = 1, Max = 60, Description = "Minutes before the close to be flat")] public int Flat { get; init; } = 10;
    [Param(Min = 0, Max = 1, Description = "Distance that the price has to be away, percent")] public double Band { get; init; } = 0.05;
    [Param(Min = 0.01, Max = 1, Description = "Share of the equity to invest")] public double Share { get; init; } = 0.2;

    private Vwap vwap = null!;
    private bool open;

    public override void OnStart()
    {
        vwap = Vwap();
        AfterOpen(Wait, "begin");
        BeforeClose(Flat, "end");
    }

    public override Signal? OnBar(Bar bar)
    {
        Plot("vwap", vwap.Value);
        if (!open)
        {
            return null;
        }

        var reach = vwap.Value * Band / 100;
        if (Position.IsFlat && bar.Close > vwap.Value + reach)
        {
            return TargetPercent(Share, metadata: new { vwap = vwap.Value });
        }

        return Position.IsLong && bar.Close < vwap.Value - reach ? Close(metadata: new { vwap = vwap.Value }) : null;
    }

    public override void OnTimer(TimerEvent timer)
    {
        open = timer.Name == "begin";
        if (!open)
        {
            CancelAll();
            Explain("The exchange is about to close.");
            Close();
        }
    }
}
