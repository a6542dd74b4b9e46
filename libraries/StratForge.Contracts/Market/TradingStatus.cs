using System.Text.Json.Serialization;

namespace StratForge.Contracts.Market;

/// <summary>Whether a stock trades, on the bus.</summary>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="State">Whether it trades.</param>
/// <param name="Reason">Why, in the venue's words; empty when it gave none.</param>
/// <param name="ReasonCode">The same as a code of the tape: <c>T1</c>, <c>LUDP</c>. Empty when it gave none.</param>
/// <param name="Timestamp">Since when, UTC.</param>
public sealed record TradingStatus(string Symbol, TradingState State, string Reason, string ReasonCode, DateTimeOffset Timestamp);

/// <summary>Whether a stock trades.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TradingState>))]
public enum TradingState
{
    /// <summary>It does.</summary>
    [JsonStringEnumMemberName("trading")]
    Trading,

    /// <summary>It does not, until its exchange says otherwise. Orders rest.</summary>
    [JsonStringEnumMemberName("halted")]
    Halted,

    /// <summary>It does not, for some minutes, because its price moved too fast.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>Quotes are taken again, trades not yet.</summary>
    [JsonStringEnumMemberName("quoting")]
    Quoting,
}
