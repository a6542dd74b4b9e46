using System.Text.Json.Serialization;

namespace StratForge.Gateway.Portfolio;

/// <summary>A position in Alpaca's shape.</summary>
/// <param name="AssetId">Derived from the symbol.</param>
/// <param name="Symbol">Crypto without its slash, as the venue spells positions.</param>
/// <param name="Exchange"><c>CRYPTO</c>, or empty: a stock's listing does not matter to a virtual account.</param>
/// <param name="AssetClass"><c>us_equity</c> or <c>crypto</c>.</param>
/// <param name="Quantity">Units; below zero is short.</param>
/// <param name="AvailableQuantity">Units that no open order holds; below zero when short.</param>
/// <param name="Side"><c>long</c> or <c>short</c>.</param>
/// <param name="AverageEntryPrice">Over all sessions.</param>
/// <param name="CostBasis">What it cost.</param>
/// <param name="MarketValue">What it is worth.</param>
/// <param name="UnrealizedPl">Worth less cost.</param>
/// <param name="UnrealizedPlpc">The same as a fraction of the cost.</param>
/// <param name="CurrentPrice">The newest price known.</param>
internal sealed record BrokerPosition(
    [property: JsonPropertyName("asset_id")] Guid AssetId,
    string Symbol,
    string Exchange,
    [property: JsonPropertyName("asset_class")] string AssetClass,
    [property: JsonPropertyName("qty")] decimal Quantity,
    [property: JsonPropertyName("qty_available")] decimal AvailableQuantity,
    string Side,
    [property: JsonPropertyName("avg_entry_price")] decimal AverageEntryPrice,
    [property: JsonPropertyName("cost_basis")] decimal CostBasis,
    [property: JsonPropertyName("market_value")] decimal MarketValue,
    [property: JsonPropertyName("unrealized_pl")] decimal UnrealizedPl,
    [property: JsonPropertyName("unrealized_plpc")] decimal UnrealizedPlpc,
    [property: JsonPropertyName("current_price")] decimal? CurrentPrice)
{
    [JsonPropertyName("asset_marginable")]
    public bool AssetMarginable { get; }
}
