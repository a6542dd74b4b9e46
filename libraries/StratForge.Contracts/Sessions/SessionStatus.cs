using System.Text.Json.Serialization;

namespace StratForge.Contracts.Sessions;

/// <summary>Where a session stands. Stored and sent in capitals.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SessionStatus>))]
public enum SessionStatus
{
    /// <summary>Created; waits for a worker to claim it and for its host to load.</summary>
    [JsonStringEnumMemberName("STARTING")] Starting,

    /// <summary>A worker feeds it.</summary>
    [JsonStringEnumMemberName("RUNNING")] Running,

    /// <summary>Its owner paused it: bars pass, nothing is emitted.</summary>
    [JsonStringEnumMemberName("PAUSED")] Paused,

    /// <summary>Its owner stopped it; the worker is letting go.</summary>
    [JsonStringEnumMemberName("STOPPING")] Stopping,

    /// <summary>Ended by its owner.</summary>
    [JsonStringEnumMemberName("STOPPED")] Stopped,

    /// <summary>Ended by a fault; the session says which.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Ended because its data ended (a backtest).</summary>
    [JsonStringEnumMemberName("COMPLETED")] Completed,
}
