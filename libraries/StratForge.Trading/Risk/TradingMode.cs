using System.Text.Json.Serialization;

namespace StratForge.Trading.Risk;

/// <summary>How far trading is allowed at all, from the loosest to the strictest.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TradingMode>))]
public enum TradingMode
{
    /// <summary>As the limits say.</summary>
    [JsonStringEnumMemberName("normal")] Normal,

    /// <summary>Only what makes a position smaller.</summary>
    [JsonStringEnumMemberName("reduce_only")] ReduceOnly,

    /// <summary>The same, and what is open is canceled and what is held is closed at the market.</summary>
    [JsonStringEnumMemberName("flatten")] Flatten,

    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("pause")] Paused,
}
