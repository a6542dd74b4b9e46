namespace StratForge.Worker.Sessions;

/// <summary>What a worker's sessions were doing at one moment.</summary>
internal sealed class SessionCounts
{
    private readonly int[] _stages = new int[Enum.GetValues<SessionStage>().Length];

    /// <summary>Events that wait for hosts.</summary>
    public long Queued { get; private set; }

    /// <summary>The most of them that wait for one.</summary>
    public long Deepest { get; private set; }

    /// <summary>Longest that a bar waited for a host, or has waited for one that it still waits for.</summary>
    public TimeSpan LongestBarLag { get; private set; }

    /// <summary>Groups of signals that are not sent, or are to be sent again.</summary>
    public int SignalsWaiting { get; init; }

    /// <summary>Sessions at a stage.</summary>
    public int At(SessionStage stage) => _stages[(int)stage];

    /// <summary>Adds a session.</summary>
    /// <param name="session">It; null while none of it runs.</param>
    public void Add(Session? session)
    {
        _stages[(int)(session?.Stage ?? SessionStage.Waiting)]++;
        if (session?.Backlog() is { } backlog)
        {
            Queued += backlog.Events;
            Deepest = Math.Max(Deepest, backlog.Events);
            AddLag(backlog.Oldest);
        }
    }

    /// <summary>Adds the wait of a bar.</summary>
    public void AddLag(TimeSpan lag) => LongestBarLag = lag > LongestBarLag ? lag : LongestBarLag;
}
