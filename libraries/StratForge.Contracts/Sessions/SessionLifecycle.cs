namespace StratForge.Contracts.Sessions;

/// <summary>Which states of a session may follow which, and what its owner's commands make of them. docs/sessions.md shows the table.</summary>
public static class SessionLifecycle
{
    // Takeovers, restarts of a host and restarts of services change nothing here: the session goes on in the state it is in.
    private static readonly Dictionary<SessionStatus, SessionStatus[]> Next = new()
    {
        // Without a worker there is nobody to wait for: it stops at once.
        [SessionStatus.Starting] = [SessionStatus.Running, SessionStatus.Stopping, SessionStatus.Stopped, SessionStatus.Failed],
        [SessionStatus.Running] = [SessionStatus.Paused, SessionStatus.Stopping, SessionStatus.Failed, SessionStatus.Completed],
        [SessionStatus.Paused] = [SessionStatus.Running, SessionStatus.Stopping, SessionStatus.Failed],
        [SessionStatus.Stopping] = [SessionStatus.Stopped, SessionStatus.Failed],
        [SessionStatus.Stopped] = [],
        [SessionStatus.Failed] = [],
        [SessionStatus.Completed] = [],
    };

    /// <summary>Whether a session in one state may come to another.</summary>
    /// <param name="from">Where it stands.</param>
    /// <param name="to">Another state; staying is no step.</param>
    public static bool Allows(SessionStatus from, SessionStatus to) => Next[from].Contains(to);

    /// <summary>Whether nothing follows a state.</summary>
    public static bool IsFinal(SessionStatus status) => Next[status].Length == 0;

    /// <summary>What a command of its owner makes of a session.</summary>
    /// <param name="command">The command.</param>
    /// <param name="status">Where the session stands.</param>
    public static SessionStep Apply(SessionCommand command, SessionStatus status)
    {
        var target = command switch
        {
            SessionCommand.Pause => SessionStatus.Paused,
            SessionCommand.Resume => SessionStatus.Running,
            SessionCommand.Stop => SessionStatus.Stopping,
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "It is none of the commands."),
        };
        return status == target || (command == SessionCommand.Stop && IsFinal(status)) ? new SessionStep.Already()
            : IsFinal(status) ? new SessionStep.Refused("session-ended")
            : status == SessionStatus.Stopping ? new SessionStep.Refused("session-stopping")
            : Allows(status, target) && !(command == SessionCommand.Resume && status == SessionStatus.Starting) ? new SessionStep.To(target)
            : new SessionStep.Refused("session-starting");
    }

    /// <summary>As tables and answers spell it.</summary>
    public static string Spell(SessionStatus status) => status.ToString().ToUpperInvariant();
}

/// <summary>What an owner may ask of a session.</summary>
public enum SessionCommand
{
    /// <summary>Bars go on, signals are refused.</summary>
    Pause,

    /// <summary>Signals are taken again.</summary>
    Resume,

    /// <summary>It ends, with its orders and positions treated as its stop policy says. Asked of one that has ended it is done already.</summary>
    Stop,
}

/// <summary>What a command comes to.</summary>
public abstract record SessionStep
{
    private SessionStep()
    {
    }

    /// <summary>The session goes on to another state.</summary>
    /// <param name="Status">That state.</param>
    public sealed record To(SessionStatus Status) : SessionStep;

    /// <summary>It is there already: nothing to do, nothing wrong.</summary>
    public sealed record Already : SessionStep;

    /// <summary>Not from where it stands.</summary>
    /// <param name="Code">Why, for programs: <c>session-starting</c>, <c>session-stopping</c> or <c>session-ended</c>.</param>
    public sealed record Refused(string Code) : SessionStep;
}
