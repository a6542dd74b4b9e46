using System.Text.Json.Serialization;

namespace StratForge.Contracts.Sessions;

/// <summary>What becomes of a session's signals. Stored and sent in capitals.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SessionMode>))]
public enum SessionMode
{
    /// <summary>Signals become orders in the user's virtual account.</summary>
    [JsonStringEnumMemberName("PAPER")] Paper,

    /// <summary>Signals are recorded only.</summary>
    [JsonStringEnumMemberName("OBSERVE")] Observe,

    /// <summary>The session replays history.</summary>
    [JsonStringEnumMemberName("BACKTEST")] Backtest,
}
