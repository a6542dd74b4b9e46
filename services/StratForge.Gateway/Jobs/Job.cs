using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratForge.Gateway.Jobs;

/// <summary>Something that a user asked for and that some worker does.</summary>
/// <param name="Id">The job.</param>
/// <param name="SubjectId">What it is about.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Progress">Share of the work that is done, 0 to 1.</param>
/// <param name="Result">What came out; null before it is completed.</param>
/// <param name="FailureCode">Why it can't be done, for programs; null unless it failed.</param>
/// <param name="FailureDetail">The same for its user.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When a worker began it first.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record Job(
    Guid Id,
    Guid? SubjectId,
    JobStatus Status,
    double Progress,
    JsonElement? Result,
    string? FailureCode,
    string? FailureDetail,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt);

/// <summary>Where a job stands. Stored and sent in capitals.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
public enum JobStatus
{
    /// <summary>It waits for a worker.</summary>
    [JsonStringEnumMemberName("QUEUED")] Queued,

    /// <summary>A worker does it.</summary>
    [JsonStringEnumMemberName("RUNNING")] Running,

    /// <summary>It is done.</summary>
    [JsonStringEnumMemberName("COMPLETED")] Completed,

    /// <summary>It can't be done; it says why.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Its user gave it up.</summary>
    [JsonStringEnumMemberName("CANCELED")] Canceled,
}
