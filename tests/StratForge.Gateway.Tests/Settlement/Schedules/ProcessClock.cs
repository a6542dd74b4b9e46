using StratForge.Testing;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>The clock of one gateway process: it shows the schedule's time, and what waits by it waits for ever once the process is dead.</summary>
internal sealed class ProcessClock(ManualClock time) : TimeProvider
{
    // The books repeat a unit of work after less than this when the database fails; nobody advances the clock for that.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly HashSet<Wait> _waits = [];
    private bool _isDead;

    /// <summary>What waits for time to pass.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waits.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isSoon = dueTime >= TimeSpan.Zero && dueTime < Short;
        var wait = new Wait(this, callback, state);
        lock (_gate)
        {
            var isSet = !_isDead && dueTime != Timeout.InfiniteTimeSpan && !isSoon;
            if (isSet)
            {
                _waits.Add(wait);
            }

            wait.Timer = time.CreateTimer(static wait => ((Wait)wait!).Fire(), wait, isSet ? dueTime : Timeout.InfiniteTimeSpan, period);
            isSoon = isSoon && !_isDead;
        }

        if (isSoon)
        {
            // Not from within the call that sets it.
            ThreadPool.QueueUserWorkItem(static wait => ((Wait)wait!).Fire(), wait);
        }

        return wait;
    }

    /// <summary>Stops it.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isDead = true;
            foreach (var wait in _waits)
            {
                wait.Timer!.Dispose();
            }

            _waits.Clear();
        }
    }

    private sealed class Wait(ProcessClock clock, TimerCallback callback, object? state) : ITimer
    {
        public ITimer? Timer { get; set; }

        public void Fire()
        {
            lock (clock._gate)
            {
                if (clock._isDead)
                {
                    return;
                }

                clock._waits.Remove(this);
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (clock._isDead || dueTime == Timeout.InfiniteTimeSpan)
                {
                    clock._waits.Remove(this);
                }
                else
                {
                    clock._waits.Add(this);
                }

                return Timer!.Change(clock._isDead ? Timeout.InfiniteTimeSpan : dueTime, period);
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._waits.Remove(this);
            }

            Timer!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
