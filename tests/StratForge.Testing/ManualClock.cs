namespace StratForge.Testing;

/// <summary>A clock that stands still until a test moves it; its timers, and so delays and timeouts that use it, fire when it is moved past them.</summary>
/// <param name="now">Where it begins.</param>
public sealed class ManualClock(DateTimeOffset now) : TimeProvider
{
    private readonly Lock _moving = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _began = now;
    private DateTimeOffset _now = now;

    /// <summary>Begins on a Monday of 2024, 14:30 UTC: New York's opening bell.</summary>
    public ManualClock()
        : this(new DateTimeOffset(2024, 1, 8, 14, 30, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that are set; a test that advances in steps waits for this to show that the code under test waits again.</summary>
    public int TimersSet
    {
        get
        {
            lock (_moving)
            {
                return _timers.Count(timer => timer.DueAt is not null);
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_moving)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => (GetUtcNow() - _began).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (_moving)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves forward. Timers on the way fire in the order they are due, each seeing its own time, before this returns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Time does not go backwards.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + by);
    }

    /// <inheritdoc cref="Advance"/>
    public void AdvanceTo(DateTimeOffset target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target, GetUtcNow());
        while (true)
        {
            ManualTimer? due;
            lock (_moving)
            {
                due = _timers.Where(timer => timer.DueAt <= target).MinBy(timer => timer.DueAt);
                var next = due?.DueAt ?? target;
                _now = next > _now ? next : _now;
                due?.Rearm();
            }

            if (due is null)
            {
                return;
            }

            // Outside of the lock: a callback may set timers, or advance the clock itself.
            due.Fire();
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var atOnce = false;
            lock (clock._moving)
            {
                if (!clock._timers.Contains(this))
                {
                    return false;
                }

                _period = period;
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                if (dueTime == TimeSpan.Zero)
                {
                    atOnce = true;
                    Rearm();
                }
            }

            if (atOnce)
            {
                Fire();
            }

            return true;
        }

        /// <summary>Sets the next time of a periodic timer, and none of another. Under the clock's lock.</summary>
        public void Rearm() => DueAt = _period > TimeSpan.Zero ? DueAt + _period : null;

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._moving)
            {
                clock._timers.Remove(this);
                DueAt = null;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
