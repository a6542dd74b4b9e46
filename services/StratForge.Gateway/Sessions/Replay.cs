using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Jobs;

namespace StratForge.Gateway.Sessions;

/// <summary>A replay of a session: its strategy is told once more what it was told, and what it does is compared.</summary>
/// <param name="Id">Its id.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Progress">Share of the tape that was handed over, 0 to 1.</param>
/// <param name="Result">What came out; null before it is completed. A difference is a result, not a failure.</param>
/// <param name="FailureCode">Why it could not be done, for programs: <c>NOTHING_RECORDED</c>, <c>TAPE_GONE</c>, or a code of a session's failure.</param>
/// <param name="FailureDetail">The same for its owner.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When a worker began it.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record Replay(
    Guid Id,
    Guid SessionId,
    JobStatus Status,
    double Progress,
    ReplayResult? Result,
    string? FailureCode,
    string? FailureDetail,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt)
{
    internal static Replay Of(Job job) => new(
        job.Id, job.SubjectId!.Value, job.Status, job.Progress, job.Result?.Deserialize(ContractsJson.Default.ReplayResult),
        job.FailureCode, job.FailureDetail, job.CreatedAt, job.StartedAt, job.EndedAt);
}
