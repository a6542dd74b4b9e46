
namespace StratForge.Alpaca.Http;

/// <summary>A token bucket that keeps us within the venue's requests per minute; callers wait their turn instead of being refused there.</summary>
/// <remarks>The venue's own bucket holds a minute's worth and refills evenly, so ours does the same. The last tenth is kept
/// for cancels: a burst of orders must not delay the one request that ends a risk.</remarks>
internal sealed class RequestBudget : IDisposable
{
    /// <summary>Requests that may wait; the next one fails at once. At 200 a minute that is already ten minutes of waiting.</summary>
    internal const int LongestQueue = 2_000;

    private readonly Lock _gate = new();
    private readonly Queue<Turn> _urgent = new();
    private readonly Queue<Turn> _normal = new();
    private readonly TimeProvider _clock;
    private readonly ITimer? _timer;
    private readonly double _capacity;
    private readonly double _perSecond;
    private readonly double _keptForCancels;
    private readonly KeyValuePair<string, object?> _tag;
    private double _tokens;
    private long _refilledAt;

    public RequestBudget(int requestsPerMinute, string api, TimeProvider clock)
    {
        _clock = clock;
        _capacity = requestsPerMinute;
        _perSecond = requestsPerMinute / 60.0;
        _keptForCancels = Math.Min(Math.Ceiling(requestsPerMinute / 10.0), requestsPerMinute - 1);
        _tokens = requestsPerMinute;
        _refilledAt = clock.GetTimestamp();
        _tag = new("api", api);

        if (requestsPerMinute > 0)
        {
            _timer = clock.CreateTimer(static self => ((RequestBudget)self!).Serve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Requests waiting now.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _urgent.Count + _normal.Count;
            }
        }
    }

    /// <summary>Normal requests that would not wait now.</summary>
    internal int Available
    {
        get
        {
            if (_timer is null)
            {
                return int.MaxValue;
            }

            lock (_gate)
            {
                Refill();
                return _normal.Count > 0 ? 0 : (int)Math.Max(0, Math.Floor(_tokens - _keptForCancels));
            }
        }
    }

    /// <summary>Completes when the request may be sent.</summary>
    /// <exception cref="AlpacaException">Too many requests wait already.</exception>
    public ValueTask TakeAsync(RequestUrgency urgency, CancellationToken cancellationToken)
    {
        if (_timer is null)
        {
            return ValueTask.CompletedTask;
        }

        Turn turn;
        lock (_gate)
        {
            Refill();
            if (QueueOf(urgency).Count == 0 && _tokens - 1 >= KeptFrom(urgency))
            {
                _tokens -= 1;
                return ValueTask.CompletedTask;
            }

            if (_urgent.Count + _normal.Count >= LongestQueue)
            {
                ForgetThoseWhoGaveUp(_urgent);
                ForgetThoseWhoGaveUp(_normal);
            }

            if (_urgent.Count + _normal.Count >= LongestQueue)
            {
                AlpacaTelemetry.BudgetRefusals.Add(1, _tag);
                throw new AlpacaException($"{LongestQueue} requests wait for the request budget already; this one was not sent.");
            }

            turn = new Turn(_clock.GetTimestamp());
            QueueOf(urgency).Enqueue(turn);
            Arm();
        }

        return new ValueTask(WaitAsync(turn, cancellationToken));
    }

    /// <summary>The venue said 429, so its bucket is emptier than ours: start again from nothing.</summary>
    public void Exhausted()
    {
        if (_timer is null)
        {
            return;
        }

        lock (_gate)
        {
            Refill();
            _tokens = Math.Min(_tokens, 0);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private async Task WaitAsync(Turn turn, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(
            static (waiting, token) => ((Turn)waiting!).Ready.TrySetCanceled(token), turn))
        {
            await turn.Ready.Task;
        }

        AlpacaTelemetry.BudgetWait.Record(_clock.GetElapsedTime(turn.AskedAt).TotalSeconds, _tag);
    }

    private void Serve()
    {
        lock (_gate)
        {
            Refill();
            ServeFrom(_urgent, RequestUrgency.Urgent);
            ServeFrom(_normal, RequestUrgency.Normal);
            Arm();
        }
    }

    private void ServeFrom(Queue<Turn> queue, RequestUrgency urgency)
    {
        while (queue.TryPeek(out var turn) && (turn.Ready.Task.IsCompleted || _tokens - 1 >= KeptFrom(urgency)))
        {
            queue.Dequeue();
            // A caller that gave up leaves its token to the next.
            if (turn.Ready.TrySetResult())
            {
                _tokens -= 1;
            }
        }
    }

    private static void ForgetThoseWhoGaveUp(Queue<Turn> queue)
    {
        for (var left = queue.Count; left > 0; left--)
        {
            var turn = queue.Dequeue();
            if (!turn.Ready.Task.IsCompleted)
            {
                queue.Enqueue(turn);
            }
        }
    }

    private void Arm()
    {
        var needed = _urgent.Count > 0 ? 1.0 : _normal.Count > 0 ? 1 + _keptForCancels : (double?)null;
        if (needed is { } tokens)
        {
            // A millisecond more than the arithmetic says, so that rounding never makes the timer fire just too early.
            var wait = TimeSpan.FromSeconds(Math.Max(0, tokens - _tokens) / _perSecond) + TimeSpan.FromMilliseconds(1);
            _timer!.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Refill()
    {
        var now = _clock.GetTimestamp();
        _tokens = Math.Min(_capacity, _tokens + (_clock.GetElapsedTime(_refilledAt, now).TotalSeconds * _perSecond));
        _refilledAt = now;
    }

    private Queue<Turn> QueueOf(RequestUrgency urgency) => urgency == RequestUrgency.Urgent ? _urgent : _normal;

    private double KeptFrom(RequestUrgency urgency) => urgency == RequestUrgency.Urgent ? 0 : _keptForCancels;

    private sealed class Turn(long askedAt)
    {
        public long AskedAt { get; } = askedAt;

        public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
