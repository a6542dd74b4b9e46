using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

/// <summary>How a session left this worker.</summary>
internal abstract record SessionEnd
{
    private SessionEnd()
    {
    }

    /// <summary>Its owner stopped it.</summary>
    public sealed record Stopped : SessionEnd;

    /// <summary>It failed.</summary>
    public sealed record Failed(HostFailure Failure) : SessionEnd;

    /// <summary>It belongs to another worker, or will.</summary>
    public sealed record Dropped : SessionEnd;
}
