using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratForge.Alpaca.Json;

/// <summary>Source-generated JSON of Alpaca's wire format: snake_case, amounts as text, unset fields left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(AmountConverter)])]
[JsonSerializable(typeof(AlpacaAccount))]
[JsonSerializable(typeof(AlpacaAsset))]
[JsonSerializable(typeof(List<AlpacaAsset>))]
[JsonSerializable(typeof(AlpacaClock))]
[JsonSerializable(typeof(List<AlpacaCalendarDay>))]
[JsonSerializable(typeof(AlpacaOrder))]
[JsonSerializable(typeof(List<AlpacaOrder>))]
[JsonSerializable(typeof(AlpacaOrderRequest))]
[JsonSerializable(typeof(AlpacaOrderChange))]
[JsonSerializable(typeof(List<AlpacaCancelOutcome>))]
[JsonSerializable(typeof(AlpacaPosition))]
[JsonSerializable(typeof(List<AlpacaPosition>))]
[JsonSerializable(typeof(List<AlpacaActivity>))]
[JsonSerializable(typeof(AlpacaTradeUpdate))]
[JsonSerializable(typeof(BarsPage))]
[JsonSerializable(typeof(LatestBars))]
[JsonSerializable(typeof(LatestTrades))]
[JsonSerializable(typeof(LatestQuotes))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class AlpacaJson : JsonSerializerContext;
