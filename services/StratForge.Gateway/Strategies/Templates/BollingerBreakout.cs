// Breakout. A close above the upper Bollinger band is a move out of the ordinary: buy it. When the price falls back through the
// middle band, the move is over: sell.
public sealed class BollingerBreakout : Strategy
{
    [Param(Min = 5, Max = 200)] public int Period { get; init; } = 20;
    [Param(Min = 0.5, Max = 5, Step = 0.25, Description = "Width of the bands, standard deviations")] public double Width { get; init; } = 2;
    [Param(Min = 0.01, Max = 1, Description = "Share of the equity to invest")] public double Share { get; init; } = 0.2;

    private Bollinger bands = null!;

    public override void OnStart() => bands = Bollinger(Period, Width);

    public override Signal? OnBar(Bar bar)
    {
        Plot("upper", bands.Upper.Value);
        Plot("middle", bands.Value);

        if (Position.IsFlat && bar.Close > bands.Upper.Value)
        {
            Mark("breakout");
            return TargetPercent(Share, metadata: new { upper = bands.Upper.Value });
        }

        if (Position.IsLong && bar.Close < bands.Value)
        {
            return Close(metadata: new { middle = bands.Value });
        }

        return null;
    }
}
