namespace StratForge.Worker.Sessions;

/// <summary>A claimed session from the claim to its end.</summary>
internal sealed class HeldSession(ClaimedSession claim)
{
    private volatile Session? _session;

    public ClaimedSession Claim { get; set; } = claim;

    /// <summary>Null until it is started, and between two starts.</summary>
    public Session? Session
    {
        get => _session;
        set => _session = value;
    }

    public bool StopRequested { get; set; }

    public bool IsLost { get; set; }

    public bool IsOver { get; set; }

    /// <summary>Whether it is being handed over: it takes no further event.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Completes when nothing of it runs here any more.</summary>
    public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
