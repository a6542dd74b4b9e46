namespace StratForge.Gateway.Retention;

/// <summary>A part of what a session leaves behind when it has ended.</summary>
/// <param name="Name">How the columns of <c>sessions</c> call it.</param>
/// <param name="Tables">Where its rows are, each by <c>session_id</c>.</param>
internal sealed record SessionRemains(string Name, IReadOnlyList<string> Tables)
{
    public static readonly SessionRemains Logs = new("logs", ["session_logs"]);

    /// <summary>The tape. Its start goes last: a tape without one is none.</summary>
    public static readonly SessionRemains Tape = new(
        "tape",
        [
            "session_tape", "session_tape_bars", "session_tape_ticks", "session_tape_outcomes", "session_tape_order", "session_cancels",
            "session_tape_starts",
        ]);
}

/// <summary>A session that has ended.</summary>
internal sealed record EndedSession(Guid Id, DateTimeOffset EndedAt);
