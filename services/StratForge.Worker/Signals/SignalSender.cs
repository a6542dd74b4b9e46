using Microsoft.Extensions.Options;
using StratForge.Contracts.Internal;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;

namespace StratForge.Worker.Signals;

/// <summary>Sends the signals of all sessions, together with whatever else is ready. Lives on the loop's thread.</summary>
/// <remarks>Two requests may be under way: while the gateway works on one batch, the next is on its way and the third gathers. A
/// session waits for its answer before it goes on, so no two batches ever hold signals of the same one. What can't be delivered in a batch is sent
/// again one parcel at a time: nobody waits for another's signal for ever.</remarks>
internal sealed partial class SignalSender
{
    private const int MaxInFlight = 2;
    private const int MaxBatch = 500;

    // Hosts that answer the same bar do so within microseconds of each other; after such a pause the next one is merely slow.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    // A gateway that fails this often in a row fails at something in the batch, or will fail at everything for a while.
    private const int MostFailures = 3;

    private readonly EventLoop _loop;
    private readonly IExecutionDoor _door;
    private readonly TimeProvider _clock;
    private readonly ILogger<SignalSender> _logger;
    private readonly TimeSpan _linger;
    private readonly Queue<Parcel> _ready = new();
    private int _inFlight;
    private int _setAside;
    private int _atWork;
    private long _readySince;
    private long _lastDone;
    private bool _timed;
    private TaskCompletionSource? _drained;
    private CancellationToken _giveUp = CancellationToken.None;

    public SignalSender(
        EventLoop loop, IExecutionDoor door, IOptions<WorkerOptions> options, TimeProvider clock, ILogger<SignalSender> logger)
    {
        _loop = loop;
        _door = door;
        _clock = clock;
        _logger = logger;
        _linger = options.Value.Linger;
        loop.AtTurnEnd(SendReady);
    }

    /// <summary>Groups of signals not yet sent, for the metrics.</summary>
    public int Waiting => _ready.Count;

    /// <summary>Groups the gateway failed at, which are sent again after a pause, for the metrics.</summary>
    public int Postponed => _setAside;

    /// <summary>Batches the gateway has not answered yet, for the metrics.</summary>
    public int InFlight => _inFlight;

    /// <summary>Sends the signals of one event. On the loop only.</summary>
    /// <param name="sender">Gets the answers.</param>
    /// <param name="signals">In their order.</param>
    /// <param name="cause">The live bar they answer, if it is one.</param>
    public void Send(ISignalSource sender, ExecuteSignal[] signals, MarketBar? cause)
    {
        if (_ready.Count == 0)
        {
            _readySince = _clock.GetTimestamp();
        }

        _ready.Enqueue(new Parcel(sender, signals, cause, _clock.GetTimestamp()));
    }

    /// <summary>A host begins to handle a live bar: its signals may be worth a moment's waiting.</summary>
    public void HostAtWork() => _atWork++;

    /// <summary>It is done, or gone.</summary>
    public void HostDone()
    {
        _atWork--;
        _lastDone = _clock.GetTimestamp();
    }

    /// <summary>Completes when everything handed over has been answered, or given up. From any thread.</summary>
    /// <param name="giveUp">Ends the attempts.</param>
    public Task DrainAsync(CancellationToken giveUp)
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() =>
        {
            _giveUp = giveUp;
            _drained = drained;
            TellDrained();
        });
        return drained.Task.WaitAsync(giveUp).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void SendReady()
    {
        if (_ready.Count == 0 || _inFlight >= MaxInFlight || Lingers())
        {
            return;
        }

        var batch = new List<Parcel>();
        var size = 0;
        while (size < MaxBatch && _ready.TryPeek(out var parcel) && (batch.Count == 0 || !(parcel.IsAlone || batch[0].IsAlone)))
        {
            batch.Add(_ready.Dequeue());
            size += parcel.Signals.Length;
        }

        _readySince = _clock.GetTimestamp();
        _inFlight++;
        _ = DeliverAsync(batch, batch[0].IsAlone ? 1 : MostFailures);
        SendReady();
    }

    // While other hosts answer the same bar one after the other, their signals are about to follow. A batch sent too early takes one
    // of the two places, and what comes a moment later waits for a whole round trip instead.
    private bool Lingers()
    {
        if (_atWork == 0 || _clock.GetElapsedTime(_readySince) >= _linger ||
            _clock.GetElapsedTime(Math.Max(_lastDone, _readySince)) >= Pause)
        {
            return false;
        }

        if (!_timed)
        {
            _timed = true;
            _loop.After(Pause, () => _timed = false);
        }

        return true;
    }

    private async Task DeliverAsync(List<Parcel> batch, int mostFailures)
    {
        var signals = batch.Count == 1 ? batch[0].Signals : [.. batch.SelectMany(parcel => parcel.Signals)];
        WorkerTelemetry.BatchSize.Record(signals.Length);
        try
        {
            var outcomes = await ExecuteAsync(signals, mostFailures);
            _loop.Post(() => Answered(batch, outcomes));
        }
        catch (OperationCanceledException)
        {
            // Going down. Whoever runs the sessions next sends the same signals with the same ids.
            _loop.Post(() => _inFlight--);
        }
        catch (Exception exception) when (batch.Count > 1 && exception is not OutOfMemoryException)
        {
            // One of them is the reason; the others must not suffer for it.
            foreach (var parcel in batch)
            {
                _loop.Post(() => _inFlight++);
                await DeliverAsync([parcel], mostFailures: 1);
            }

            _loop.Post(() => _inFlight--);
        }
        catch (GatewayUnavailableException)
        {
            SetAside(batch[0]);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var reason = exception is BatchRefusedException ? exception.Message : $"It can't be written out: {exception.Message}";
            LogRefused(batch[0].Signals[0].SessionId, reason, exception);
            _loop.Post(() =>
            {
                _inFlight--;
                batch[0].Cause?.SignalsAnswered(signals.Length);
                batch[0].Sender.OnRefused(reason);
                TellDrained();
            });
        }
    }

    // The gateway fails at it, by itself too: it is sent again and again, but no longer in one of the two places that others wait for, nor with them.
    private void SetAside(Parcel parcel) => _loop.Post(() =>
    {
        _inFlight--;
        _setAside++;
        parcel.IsAlone = true;
        _loop.After(LongestRetry, () =>
        {
            _setAside--;
            if (_ready.Count == 0)
            {
                _readySince = _clock.GetTimestamp();
            }

            _ready.Enqueue(parcel);
        });
    });

    /// <summary>Takes orders of a session back, however long that takes.</summary>
    /// <returns>Whether the session is still this worker's.</returns>
    /// <exception cref="BatchRefusedException">The gateway does not understand it.</exception>
    /// <exception cref="OperationCanceledException">Going down.</exception>
    public async Task<bool> CancelAsync(CancelOrders wish) =>
        (await UntilAnsweredAsync(1, int.MaxValue, () => _door.CancelAsync(wish, _giveUp))).Status != ExecuteOutcome.Fenced;

    private Task<ExecuteOutcome[]> ExecuteAsync(ExecuteSignal[] signals, int mostFailures) =>
        UntilAnsweredAsync(signals.Length, mostFailures, async () =>
        {
            var began = _clock.GetTimestamp();
            var outcomes = await _door.ExecuteAsync(signals, _giveUp);
            WorkerTelemetry.Execution.Record(_clock.GetElapsedTime(began).TotalSeconds);
            return outcomes;
        });

    private async Task<T> UntilAnsweredAsync<T>(int count, int mostFailures, Func<Task<T>> ask)
    {
        var pause = FirstRetry;
        var failures = 0;
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (GatewayUnavailableException exception) when (!exception.HasFailed || ++failures < mostFailures)
            {
                LogUnavailable(count, exception.Message);
            }

            await Task.Delay(pause, _clock, _giveUp);
            pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry;
        }
    }

    private void Answered(List<Parcel> batch, ExecuteOutcome[] outcomes)
    {
        _inFlight--;
        var first = 0;
        foreach (var parcel in batch)
        {
            var own = outcomes.AsSpan(first, parcel.Signals.Length);
            first += own.Length;
            parcel.Cause?.SignalsAnswered(outcomes.Length);
            WorkerTelemetry.Delivery.Record(_clock.GetElapsedTime(parcel.HandedAt).TotalSeconds);
            foreach (var outcome in own)
            {
                WorkerTelemetry.Signals.Add(1, KeyValuePair.Create<string, object?>("status", outcome.Status));
            }

            parcel.Sender.OnOutcomes(own);
        }

        TellDrained();
    }

    private void TellDrained()
    {
        if (_ready.Count == 0 && _inFlight == 0 && _setAside == 0)
        {
            _drained?.TrySetResult();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The gateway can't execute {Count} signals now, trying again: {Reason}")]
    private partial void LogUnavailable(int count, string reason);

    [LoggerMessage(LogLevel.Error, "The gateway refuses to read the signals of session {SessionId}: {Reason}")]
    private partial void LogRefused(Guid sessionId, string reason, Exception exception);

    private sealed class Parcel(ISignalSource sender, ExecuteSignal[] signals, MarketBar? cause, long handedAt)
    {
        public ISignalSource Sender { get; } = sender;

        public ExecuteSignal[] Signals { get; } = signals;

        public MarketBar? Cause { get; } = cause;

        /// <summary>When the strategy emitted them, by the clock's timestamp.</summary>
        public long HandedAt { get; } = handedAt;

        /// <summary>Whether the gateway failed at it by itself, so that it travels with no other.</summary>
        public bool IsAlone { get; set; }
    }
}

/// <summary>Gets the answers to its signals. Everything on the loop's thread.</summary>
internal interface ISignalSource
{
    /// <summary>One answer per signal, in their order.</summary>
    void OnOutcomes(ReadOnlySpan<ExecuteOutcome> outcomes);

    /// <summary>The gateway will never take them.</summary>
    void OnRefused(string reason);
}
