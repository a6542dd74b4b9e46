using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StratForge.LocalHosting.ApplicationModel;

public static class KnownResourceStates
{
    public static readonly string NotStarted = "NotStarted";
    public static readonly string Waiting = "Waiting";
    public static readonly string Starting = "Starting";
    public static readonly string Running = "Running";
    public static readonly string RuntimeUnhealthy = "RuntimeUnhealthy";
    public static readonly string Stopping = "Stopping";
    public static readonly string Exited = "Exited";
    public static readonly string Finished = "Finished";
    public static readonly string FailedToStart = "FailedToStart";
    public static readonly string Active = "Active";

    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    public static implicit operator ResourceStateSnapshot?(string? text) => text is null ? null : new(text, null);
}

public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText);

public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal);

public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>The process's id, under the name that Aspire's orchestrator gives it.</summary>
    internal const string ProcessId = "executable.pid";
}

/// <summary>What is known about one process of a resource at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary><c>Project</c>, <c>Executable</c>, <c>Postgres</c>, <c>Redis</c>, <c>Database</c>, <c>Parameter</c>, <c>Container</c>.</summary>
    public required string ResourceType { get; init; }

    public ImmutableArray<ResourcePropertySnapshot> Properties { get; init; } = [];

    public ResourceStateSnapshot? State { get; init; }

    /// <summary>Set when the process has ended: its exit code; 128 and the signal's number after a signal.</summary>
    public int? ExitCode { get; init; }

    public DateTime? StartTimeStamp { get; init; }

    public DateTime? StopTimeStamp { get; init; }

    public ImmutableArray<HealthReportSnapshot> HealthReports { get; init; } = [];

    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>Subscribers of <see cref="ResourceReadyEvent"/> have finished since the last start.</summary>
    public bool IsReady { get; init; }

    /// <summary>Starts of this instance so far; 2 and more are restarts.</summary>
    public int Starts { get; init; }

    public int? ProcessId { get; init; }

    /// <summary>Why it failed to start, for people.</summary>
    public string? Failure { get; init; }

    /// <summary>Null unless it runs; without checks it is healthy when it runs; else the worst report, a missing one counting as unhealthy.</summary>
    public HealthStatus? HealthStatus => State?.Text != KnownResourceStates.Running
        ? null
        : HealthReports.IsEmpty
            ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            : HealthReports.Min(report => report.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);

    public bool IsTerminal => State is { Text: var text } && KnownResourceStates.TerminalStates.Contains(text);
}

/// <summary>A change of one instance of a resource.</summary>
public sealed class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource => resource;

    /// <summary>The resource's name, and for one of several replicas a suffix.</summary>
    public string ResourceId => resourceId;

    public CustomResourceSnapshot Snapshot => snapshot;
}
