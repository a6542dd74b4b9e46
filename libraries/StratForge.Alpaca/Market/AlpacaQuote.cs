using System.Text.Json.Serialization;

namespace StratForge.Alpaca;

/// <summary>Best bid and offer of historical data.</summary>
/// <param name="Time">When it was so.</param>
/// <param name="BidPrice">Best bid; zero when there is none.</param>
/// <param name="BidSize">Units bid for.</param>
/// <param name="AskPrice">Best offer; zero when there is none.</param>
/// <param name="AskSize">Units offered.</param>
public sealed record AlpacaQuote(
    [property: JsonPropertyName("t")] DateTimeOffset Time,
    [property: JsonPropertyName("bp")] decimal BidPrice,
    [property: JsonPropertyName("bs")] decimal BidSize,
    [property: JsonPropertyName("ap")] decimal AskPrice,
    [property: JsonPropertyName("as")] decimal AskSize);
