namespace StratForge.Contracts.Market;

/// <summary>One closed bar on the bus.</summary>
/// <param name="Symbol">As the venue spells it: <c>AAPL</c>, <c>BTC/USD</c>.</param>
/// <param name="Timeframe">Length of the bar: <c>1m</c>.</param>
/// <param name="Open">First trade, quote currency per unit. Greater than zero.</param>
/// <param name="High">Highest trade; not below open, low and close.</param>
/// <param name="Low">Lowest trade; greater than zero.</param>
/// <param name="Close">Last trade.</param>
/// <param name="Volume">Units traded; zero when nothing traded.</param>
/// <param name="Timestamp">Start of the bar on the market's clock, UTC.</param>
/// <param name="Seq">Rises by exactly one from bar to bar of a symbol, in the order in which strategies must see them.
/// A consumer that sees a jump reads the missing bars from <c>market_data</c>.</param>
/// <param name="Traceparent">W3C trace context of the bar's reception, when sampled.</param>
public sealed record BarMessage(
    string Symbol,
    string Timeframe,
    decimal Open,
    decimal High,
    decimal Low,
    decimal Close,
    decimal Volume,
    DateTimeOffset Timestamp,
    long Seq,
    string? Traceparent = null);
