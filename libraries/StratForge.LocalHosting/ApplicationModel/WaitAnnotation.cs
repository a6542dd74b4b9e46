namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>How long a waiter waits for a resource that has stopped or failed.</summary>
public enum WaitBehavior
{
    /// <summary>Until it is back.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Not at all: the waiter fails too.</summary>
    StopOnResourceUnavailable,
}

public enum WaitType
{
    WaitUntilHealthy,
    WaitForCompletion,
    WaitUntilStarted,
}

public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource => resource;

    public WaitType WaitType => waitType;

    public int ExitCode => exitCode;

    /// <summary>Null: as the application decides.</summary>
    public WaitBehavior? WaitBehavior { get; init; }
}
