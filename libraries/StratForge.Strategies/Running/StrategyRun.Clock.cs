using StratForge.Strategies.Timers;

namespace StratForge.Strategies.Running;

/// <content>The market's time: bars of one minute, longer ones made of them, timers.</content>
internal sealed partial class StrategyRun
{
    private void GoLive(long atMs)
    {
        _isLive = true;
        foreach (var timer in _timers)
        {
            timer.DueAt = timer.Schedule.After(atMs - 1);
        }

        RefreshDue();
    }

    private void Take(in Bar bar)
    {
        if (bar.ClosesAtMs > _nextDue)
        {
            CatchUp(bar.ClosesAtMs);
        }

        Clock.Advance(bar.ClosesAtMs);
        var view = ViewOf(bar.Symbol);
        view.LastPrice = bar.Close;
        if (view.Minutes is { } minutes)
        {
            Deliver(minutes, bar);
        }

        if (view.Longer.Count > 0)
        {
            foreach (var feed in view.Longer)
            {
                feed.Build(bar);
                if (feed.EndsAt <= bar.ClosesAtMs)
                {
                    Deliver(feed, feed.Finish());
                }
            }

            RefreshDue();
        }

        if (_isLive && _timers.Count > 0 && ReferenceEquals(view, _last))
        {
            Fire(bar.ClosesAtMs + 1, bar.ClosesAtMs);
            RefreshDue();
        }
    }

    private void Deliver(BarFeed feed, in Bar bar)
    {
        feed.See(bar);
        _isReady = _isReady || _feeds.TrueForAll(one => one.Seen >= one.WarmUp);
        if (_isReady && _isLive)
        {
            Returned(_strategy.OnBar(bar));
        }
    }

    // What the clock passes on its way to the next bar: longer bars that ended without a trade in their last minute, timers.
    private void CatchUp(long untilMs)
    {
        while (true)
        {
            BarFeed? ending = null;
            foreach (var view in _views)
            {
                foreach (var feed in view.Longer)
                {
                    if (feed.EndsAt < (ending?.EndsAt ?? untilMs))
                    {
                        ending = feed;
                    }
                }
            }

            Fire(ending?.EndsAt ?? untilMs, untilMs);
            if (ending is null)
            {
                break;
            }

            Clock.Advance(ending.EndsAt);
            Deliver(ending, ending.Finish());
        }

        RefreshDue();
    }

    // Timers due before an instant, earliest first. One whose time came several times while nothing happened is due once.
    private void Fire(long beforeMs, long nowMs)
    {
        while (_isLive && _timers.Count > 0)
        {
            var next = _timers[0];
            foreach (var timer in _timers)
            {
                next = timer.DueAt < next.DueAt ? timer : next;
            }

            if (next.DueAt >= beforeMs)
            {
                return;
            }

            var due = next.DueAt;
            next.DueAt = next.Schedule.After(Math.Max(due, nowMs - 1));
            Clock.Advance(due);
            if (_isReady)
            {
                _strategy.OnTimer(new TimerEvent(next.Schedule.Name, DateTimeOffset.FromUnixTimeMilliseconds(due)));
            }
        }
    }

    private void RefreshDue()
    {
        _nextDue = long.MaxValue;
        foreach (var view in _views)
        {
            foreach (var feed in view.Longer)
            {
                _nextDue = Math.Min(_nextDue, feed.EndsAt);
            }
        }

        foreach (var timer in _timers)
        {
            _nextDue = Math.Min(_nextDue, timer.DueAt);
        }
    }

    private sealed class RunTimer(TimerSchedule schedule)
    {
        public TimerSchedule Schedule { get; } = schedule;

        public long DueAt { get; set; } = long.MaxValue;
    }
}
