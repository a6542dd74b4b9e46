using System.Text.Json.Serialization;

namespace StratForge.Alpaca;

/// <summary>One trade of historical data.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Price">Per unit.</param>
/// <param name="Size">Units.</param>
/// <param name="Id">The venue's number of it.</param>
public sealed record AlpacaTrade(
    [property: JsonPropertyName("t")] DateTimeOffset Time,
    [property: JsonPropertyName("p")] decimal Price,
    [property: JsonPropertyName("s")] decimal Size,
    [property: JsonPropertyName("i")] long Id = 0);
