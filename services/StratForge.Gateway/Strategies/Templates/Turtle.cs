// The turtle rules of Richard Dennis, long side only. Buy a new high, sell a new low of a shorter time. The size follows the risk: between
// the entry and its stop, two average true ranges below, lies a fixed share of the equity.
public sealed class Turtle : Strategy
{
    [Param(Min = 5, Max = 400, Description = "Buy above the high of so many bars")] public int Entry { get; init; } = 55;
    [Param(Min = 2, Max = 200, Description = "Sell below the low of so many bars")] public int Exit { get; init; } = 20;
    [Param(Min = 2, Max = 100)] public int RangePeriod { get; init; } = 20;
    [Param(Min = 0.1, Max = 5, Description = "Risk of one trade, percent of the equity")] public double RiskPercent { get; init; } = 0.5;

    private Donchian entry = null!;
    private Donchian exit = null!;
    private Atr range = null!;

    public override void OnStart()
    {
        entry = Donchian(Entry);
        exit = Donchian(Exit);
        range = Atr(RangePeriod);
    }

    public override Signal? OnBar(Bar bar)
    {
        // The channel before this bar: no bar can break out of a channel that holds it.
        if (Position.IsFlat && OpenOrders.Count == 0 && bar.Close > entry.Upper[1] && range.Value > 0)
        {
            var risk = 2 * range.Value;
            var units = Math.Min(Equity * RiskPercent / 100 / risk, Equity * 0.5 / bar.Close);
            return Target(units, stopLoss: bar.Close - risk, metadata: new { range = range.Value, high = entry.Upper[1] });
        }

        if (Position.IsLong && bar.Close < exit.Lower[1])
        {
            return Close(metadata: new { low = exit.Lower[1] });
        }

        return null;
    }
}
