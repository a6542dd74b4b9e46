// Opening range breakout, for stocks. The first minutes of the day mark a range; a close above it often starts the day's move. Buy it once a day, with
// a stop at the other end of the range and a profit target so many times as far away, and be flat before the exchange closes.
public sealed class OpeningRange : Strategy
{
    [Param(Min = 5, Max = 120, Description = "Minutes of the opening range")] public int Range { get; init; } = 30;
    [Param(Min = 1, Max = 60, Description = "Minutes before the close to be flat")] public int Flat { get; init; } = 10;
    [Param(Min = 0.5, Max = 10, Description = "Profit target, times the range")] public double Reward { get; init; } = 2;
    [Param(Min = 0.01, Max = 1, Description = "Share of the equity to invest")] public double Share { get; init; } = 0.2;

    private double high;
    private double low;
    private string phase = "closed";

    public override void OnStart()
    {
        AfterOpen(0, "measure");
        AfterOpen(Range, "trade");
        BeforeClose(Flat, "closed");
    }

    public override void OnTimer(TimerEvent timer)
    {
        phase = timer.Name;
        if (phase == "measure")
        {
            high = 0;
            low = double.MaxValue;
        }
        else if (phase == "closed")
        {
            CancelAll();
            Close();
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        if (phase == "measure")
        {
            high = Math.Max(high, bar.High);
            low = Math.Min(low, bar.Low);
            return null;
        }

        if (phase != "trade" || high <= low || bar.Close <= high)
        {
            return null;
        }

        // One trade a day: what is kept survives a restart.
        phase = "done";
        State.Set("trades", State.Get("trades", 0) + 1);
        Mark("breakout", high);
        var target = bar.Close + Reward * (high - low);
        return TargetPercent(Share, takeProfit: target, stopLoss: low, metadata: new { high, low });
    }
}
