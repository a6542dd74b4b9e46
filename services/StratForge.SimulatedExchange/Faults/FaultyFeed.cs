namespace StratForge.SimulatedExchange.Faults;

/// <summary>Stands between the market and a stream, and lets events come late, twice, never, or behind the next one.</summary>
/// <param name="plan">What goes wrong.</param>
/// <param name="target">The stream.</param>
/// <param name="time">Real time, for delays.</param>
/// <param name="outlet">The stream itself.</param>
/// <remarks>Told by one caller at a time. Without a fault for its stream it hands on what it was told, in the same list.</remarks>
internal sealed class FaultyFeed<T>(FaultPlan plan, FaultTarget target, TimeProvider time, IFeedOutlet<T> outlet) : IDisposable
{
    // A delay is a minute at most; a market that runs fast could fill memory in it. At the bound the delay ends.
    private const int MostWaiting = 65_536;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = [];
    private readonly List<T> _passed = [];
    private readonly List<T> _sending = [];
    private DateTimeOffset _holdUntil;
    private ITimer? _alarm;
    private volatile bool _busy;

    // An event, or the cut of every connection in its place.
    private readonly record struct Waiting(T Event, bool IsCut, DateTimeOffset DueAt);

    public void Tell(IReadOnlyList<T> events)
    {
        if (!_busy && !plan.Awaits(target))
        {
            outlet.Send(events);
            return;
        }

        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var item in events)
            {
                // What nobody listens to is no occasion, so that a plan means the events its client would have got.
                if (outlet.IsWanted(item))
                {
                    Take(item, now);
                }
            }

            Flush(now);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _alarm?.Dispose();
        }
    }

    private void Take(T item, DateTimeOffset now)
    {
        var (symbol, name) = outlet.NameOf(item);
        var fault = plan.Strike(target, symbol, name);
        switch (fault?.Kind)
        {
            case FaultKind.Drop:
                return;
            case FaultKind.Reorder:
                _passed.Add(item);
                return;
            case FaultKind.Disconnect:
                _waiting.Enqueue(new Waiting(item, IsCut: true, DueAt(now)));
                return;
            case FaultKind.Delay:
                _holdUntil = now + fault.Delay > _holdUntil ? now + fault.Delay : _holdUntil;
                break;
            case FaultKind.Duplicate:
                _waiting.Enqueue(new Waiting(item, IsCut: false, DueAt(now)));
                break;
        }

        _waiting.Enqueue(new Waiting(item, IsCut: false, DueAt(now)));
        foreach (var earlier in _passed)
        {
            _waiting.Enqueue(new Waiting(earlier, IsCut: false, DueAt(now)));
        }

        _passed.Clear();
    }

    // Nothing overtakes what waits before it.
    private DateTimeOffset DueAt(DateTimeOffset now) => now < _holdUntil ? _holdUntil : now;

    private void Flush(DateTimeOffset now)
    {
        var overflows = _waiting.Count > MostWaiting;
        while (_waiting.TryPeek(out var next) && (overflows || next.DueAt <= now))
        {
            _waiting.Dequeue();
            if (next.IsCut)
            {
                Send();
                outlet.Cut();
            }
            else
            {
                _sending.Add(next.Event);
            }
        }

        Send();
        if (_waiting.TryPeek(out var first))
        {
            _alarm ??= time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _alarm.Change(first.DueAt - now, Timeout.InfiniteTimeSpan);
        }

        _busy = _waiting.Count > 0 || _passed.Count > 0;
    }

    private void Ring()
    {
        lock (_gate)
        {
            Flush(time.GetUtcNow());
        }
    }

    private void Send()
    {
        if (_sending.Count > 0)
        {
            outlet.Send(_sending);
            _sending.Clear();
        }
    }
}

/// <summary>A stream with its clients.</summary>
internal interface IFeedOutlet<T>
{
    /// <summary>What faults may select an event by.</summary>
    (string Symbol, string Name) NameOf(T item);

    /// <summary>Whether any client would get it now.</summary>
    bool IsWanted(T item);

    /// <summary>Sends to every client what it wants. The list is only lent.</summary>
    void Send(IReadOnlyList<T> events);

    /// <summary>Closes the connection of every client that listens, behind what was sent before.</summary>
    void Cut();
}
