using System.Text.Json.Serialization;

namespace StratForge.Contracts.Market;

/// <summary>What kind of instrument a symbol names; it decides the feed, the hours, the fee and the lot.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AssetClass>))]
public enum AssetClass
{
    /// <summary>A US equity or ETF: <c>SPY</c>.</summary>
    [JsonStringEnumMemberName("stock")]
    Stock,

    /// <summary>A crypto pair with its slash: <c>BTC/USD</c>.</summary>
    [JsonStringEnumMemberName("crypto")]
    Crypto,
}
