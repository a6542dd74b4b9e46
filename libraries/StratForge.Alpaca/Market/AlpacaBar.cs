using System.Text.Json.Serialization;

namespace StratForge.Alpaca;

/// <summary>One bar of historical data.</summary>
/// <param name="Time">Start of the bar.</param>
/// <param name="Open">First trade.</param>
/// <param name="High">Highest trade.</param>
/// <param name="Low">Lowest trade.</param>
/// <param name="Close">Last trade.</param>
/// <param name="Volume">Units traded; whole for stocks.</param>
/// <param name="TradeCount">Number of trades; zero for a crypto minute built from quotes.</param>
/// <param name="Vwap">Average price weighted by volume.</param>
public sealed record AlpacaBar(
    [property: JsonPropertyName("t")] DateTimeOffset Time,
    [property: JsonPropertyName("o")] decimal Open,
    [property: JsonPropertyName("h")] decimal High,
    [property: JsonPropertyName("l")] decimal Low,
    [property: JsonPropertyName("c")] decimal Close,
    [property: JsonPropertyName("v")] decimal Volume,
    [property: JsonPropertyName("n")] long TradeCount = 0,
    [property: JsonPropertyName("vw")] decimal Vwap = 0);
