namespace StratForge.Worker.Hosts;

/// <summary>Whether a host that ended by itself is started again, and when.</summary>
internal static class RestartPolicy
{
    /// <summary>How long to wait before the next start; null when there is none.</summary>
    /// <remarks>A strategy that crashed after it had worked may have met a bad moment; one that crashes at its start, or breaks a limit,
    /// has not.</remarks>
    /// <param name="failure">How it ended.</param>
    /// <param name="hasWorked">Whether it had handled an event.</param>
    /// <param name="restarts">How often it was started again before.</param>
    /// <param name="limits">Say how often, and after how long.</param>
    public static TimeSpan? Pause(HostFailure failure, bool hasWorked, int restarts, HostLimits limits) =>
        failure.Code is HostFailure.Crashed or HostFailure.Exited && hasWorked && restarts < limits.Restarts.Count
            ? limits.Restarts[restarts]
            : null;
}
