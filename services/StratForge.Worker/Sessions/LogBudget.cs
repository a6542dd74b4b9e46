namespace StratForge.Worker.Sessions;

/// <summary>How much of what a strategy logs is kept. The rest is counted, and what is more than talkative ends the session.</summary>
/// <param name="limits">The bounds.</param>
/// <param name="clock">Measures the minute and the hour.</param>
internal sealed class LogBudget(HostLimits limits, TimeProvider clock)
{
    /// <summary>What a line costs besides its own bytes: held until it is written and then a row, a line of one letter takes more than that.</summary>
    public const int PerLine = 64;

    private long _minuteBegan = clock.GetTimestamp();
    private long _hourBegan = clock.GetTimestamp();
    private long _inMinute;
    private int _inHour;
    private int _inEvent;

    /// <summary>Bytes not kept since they were last reported.</summary>
    public long Dropped { get; private set; }

    /// <summary>A new event begins.</summary>
    public void BeginEvent() => _inEvent = 0;

    /// <summary>Takes a line of <paramref name="size"/> bytes from the budget.</summary>
    /// <returns>Whether it may be kept.</returns>
    public bool Take(int size)
    {
        if (clock.GetElapsedTime(_hourBegan) >= TimeSpan.FromHours(1))
        {
            _hourBegan = clock.GetTimestamp();
            _inHour = 0;
        }

        var cost = size + PerLine;
        if (_inEvent + cost > limits.LogPerEvent || _inHour + cost > limits.LogPerHour)
        {
            Dropped += size;
            WorkerTelemetry.LogDropped.Add(size);
            return false;
        }

        _inEvent += cost;
        _inHour += cost;
        return true;
    }

    /// <summary>Counts what came through the log pipe.</summary>
    /// <returns>Whether it floods.</returns>
    public bool Floods(int size)
    {
        if (clock.GetElapsedTime(_minuteBegan) >= TimeSpan.FromMinutes(1))
        {
            _minuteBegan = clock.GetTimestamp();
            _inMinute = 0;
        }

        _inMinute += size;
        return _inMinute > limits.LogFlood;
    }

    /// <summary>What was dropped since the last call.</summary>
    public long TakeDropped()
    {
        var dropped = Dropped;
        Dropped = 0;
        return dropped;
    }
}
