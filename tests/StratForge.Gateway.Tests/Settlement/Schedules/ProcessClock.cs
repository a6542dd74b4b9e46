using StratForge.Testing;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>The clock of one gateway process: it shows the schedule's time, and what waits by it waits for ever once the process is dead.</summary>
internal sealed class ProcessClock(ManualClock time) : TimeProvider
{
    // The books repeat a unit of work after less than this when the database fails; nobody advances the clock for that.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly List<ITimer> _timers = [];
    private bool _isDead;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            var waits = _isDead ? Timeout.InfiniteTimeSpan : dueTime > TimeSpan.Zero && dueTime < Short ? TimeSpan.Zero : dueTime;
            var timer = time.CreateTimer(callback, state, waits, period);
            _timers.Add(timer);
            return timer;
        }
    }

    /// <summary>Stops it.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isDead = true;
            _timers.ForEach(timer => timer.Dispose());
            _timers.Clear();
        }
    }
}
