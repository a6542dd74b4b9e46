namespace StratForge.StrategyHost;

/// <summary>Exit codes of the host.</summary>
internal static class HostExit
{
    /// <summary>Stopped as asked, or the worker closed the pipe.</summary>
    public const int Ok = 0;

    /// <summary>Ended by an error that was sent as a frame.</summary>
    public const int Failed = 1;

    /// <summary>Started with arguments it does not know.</summary>
    public const int Usage = 2;

    /// <summary>The worker stopped reading.</summary>
    public const int PipeGone = 3;

    /// <summary>The cage can't be built here; the reason was sent as a frame.</summary>
    public const int SandboxUnavailable = 4;
}
