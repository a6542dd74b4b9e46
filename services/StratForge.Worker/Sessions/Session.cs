using System.Diagnostics;
using System.Text;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Sessions;

/// <summary>One running session: what its host is doing, and which event comes next. Lives on the loop's thread.</summary>
/// <remarks>Moved by events only: a bar came, the host answered, the gateway answered, an event is on tape. It handles one event at a
/// time and takes the next when the signals of the last were answered; it never waits for another session.</remarks>
internal sealed class Session : IHostOwner, IBarListener, IOrderListener, ISignalSource
{
    // A chunk counts as one event, so it must not take a slow strategy beyond the limits of one.
    private const int BarsPerChunk = 200;
    private const int LastWordsKept = 1_500;
    private static readonly TimeSpan BarLength = TimeSpan.FromMinutes(1);

    private readonly SessionServices _services;
    private readonly SessionStart _start;
    private readonly Action<Session, SessionEnd> _ended;
    private readonly ReadOnlyMemory<byte> _code;
    private readonly LogBudget _log;
    private readonly SignalRate _rate;
    private readonly CpuWindow _cpu = new();
    private readonly SignalTickets _tickets;
    private readonly StrategyNotes _notes;
    private readonly Queue<TapeEntry> _tape = new();
    private readonly SortedDictionary<long, AccountEvent> _arrived = [];
    private readonly Queue<IReadOnlyList<BarValues>> _warmUp = new();
    private readonly StringBuilder _lastWords = new();
    private readonly Decoder _logDecoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _logLine = new();
    private HostProcess? _host;
    private SymbolBars? _bars;
    private Phase _phase = Phase.Starting;
    private InHand _inHand;
    private long _eventBegan;
    private long? _cpuAtEvent;
    private long _lastCpu;
    private long _nextSeq;
    private long _lastEventId;
    private DateTimeOffset _now;
    private IReadOnlyList<(long Seq, BarValues Values)> _stored = [];
    private bool _readingStored;
    private bool _live;
    private bool _pastOrdersKnown;
    private bool _stopRequested;
    private SessionEnd? _end;

    /// <param name="claim">The session and the claim on it.</param>
    /// <param name="start">Where it begins and how far it has come.</param>
    /// <param name="code">Assembly, or Python source.</param>
    /// <param name="services">What all sessions share.</param>
    /// <param name="ended">Told once, when its host is gone.</param>
    public Session(
        ClaimedSession claim, SessionStart start, ReadOnlyMemory<byte> code, SessionServices services, Action<Session, SessionEnd> ended)
    {
        Claim = claim;
        _start = start;
        _code = code;
        _services = services;
        _ended = ended;
        _log = new LogBudget(services.Limits, services.Clock);
        _rate = new SignalRate(services.Limits.SignalsPerMinute);
        _tickets = new SignalTickets(claim.Id);
        _notes = new StrategyNotes(claim, services.Journal);
        _nextSeq = start.FirstSeq + 1;
        _lastEventId = start.LastEventId;
        _now = start.HistoryThrough ?? DateTimeOffset.UnixEpoch;
        _stopRequested = claim.IsStopping;
        foreach (var entry in start.Tape)
        {
            _tape.Enqueue(entry);
        }
    }

    private enum Phase
    {
        /// <summary>The host has not said <c>ready</c>.</summary>
        Starting,

        /// <summary>It has the code.</summary>
        Loading,

        /// <summary>It is loaded; the history for its indicators is being read.</summary>
        Preparing,

        /// <summary>Its indicators are fed history.</summary>
        Warming,

        /// <summary>The session's own row is being told that it runs.</summary>
        Marking,

        /// <summary>Ready for the next event.</summary>
        Idle,

        /// <summary>The host handles an event.</summary>
        AtWork,

        /// <summary>Its signals are on their way.</summary>
        AwaitingAnswers,

        /// <summary>Its stop handler runs.</summary>
        Stopping,

        /// <summary>Over; waits for the process to be gone.</summary>
        Ending,
    }

    private enum EventOf
    {
        Bar,
        Bars,
        Update,
    }

    public ClaimedSession Claim { get; }

    public Guid SessionId => Claim.Id;

    /// <summary>Whether it handled an event since its host was started: a host that crashes afterwards may be started again.</summary>
    public bool HasWorked { get; private set; }

    /// <summary>Whether it has come up to the present.</summary>
    public bool IsLive => _live && _phase is not (Phase.Ending or Phase.Stopping);

    /// <summary>Completes when the host is loaded, or is not going to be: the next one may then be started.</summary>
    public TaskCompletionSource Loaded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes over the process that was started for it.</summary>
    public void Attach(SpawnedProcess process)
    {
        _host = new HostProcess(
            _services.Loop, process, this, HostProtocol.MaxFrameFromHost, HostProtocol.MaxCode + (4 * HostProtocol.MaxFrameToHost));
        _eventBegan = _services.Clock.GetTimestamp();
        if (_end is not null)
        {
            _host.Kill();
        }
    }

    public void OnFrame(ReadOnlySpan<byte> frame)
    {
        if (_phase == Phase.Ending)
        {
            return;
        }

        switch (HostMessage.Parse(frame))
        {
            case DoneFrame done:
                OnDone(done);
                break;
            case ReadyFrame ready when _phase == Phase.Starting:
                OnReady(ready);
                break;
            case LoadedFrame loaded when _phase == Phase.Loading:
                _phase = Phase.Preparing;
                Loaded.TrySetResult();
                _ = WarmUpAsync(Math.Clamp(loaded.WarmUp, 0, 100_000));
                break;
            case ErrorFrame { Code: HostFailure.SandboxUnavailable } error when _phase == Phase.Starting:
                var reason = HostFailure.Readable(error.Message ?? "");
                _services.Cage.Failed(Claim.Kind, reason);
                Fail(new HostFailure(HostFailure.SandboxUnavailable, reason));
                break;
            case ErrorFrame error:
                Fail(new HostFailure(CodeOf(error), HostFailure.Readable(error.Message ?? "")));
                break;
            case var other:
                Breach($"{other.GetType().Name} at a time when none is due");
                break;
        }
    }

    public void OnBreach(string what) => Breach(what);

    public void OnLog(ReadOnlySpan<byte> text)
    {
        if (_log.Floods(text.Length))
        {
            Fail(new HostFailure(
                HostFailure.OutputLimit, $"The strategy wrote more than {_services.Limits.LogFlood >> 20} MiB within a minute."));
            return;
        }

        var characters = new char[Encoding.UTF8.GetMaxCharCount(text.Length)];
        var count = _logDecoder.GetChars(text, characters, flush: false);
        Remember(characters.AsSpan(0, count));
        foreach (var character in characters.AsSpan(0, count))
        {
            if (character != '\n' && _logLine.Length < 2_048)
            {
                _logLine.Append(character);
                continue;
            }

            KeepLog("info", _logLine.ToString());
            _logLine.Clear();
            if (character != '\n')
            {
                _logLine.Append(character);
            }
        }
    }

    public void OnExit(HostExit exit)
    {
        KeepLog("info", _logLine.ToString());
        _logLine.Clear();
        if (_end is null)
        {
            EndWith(_phase == Phase.Stopping
                ? new SessionEnd.Stopped()
                : new SessionEnd.Failed(HostFailure.OfExit(exit, _lastWords.ToString().Trim())));
        }

        _ended(this, _end!);
    }

    public void OnBars() => Advance();

    public void OnOrder(AccountEvent order)
    {
        if (order.Id > _lastEventId)
        {
            _arrived[order.Id] = order;
            TapeArrived();
        }
    }

    public void OnPastOrders(IReadOnlyList<AccountEvent> orders)
    {
        _pastOrdersKnown = true;
        foreach (var order in orders)
        {
            if (order.Id > _lastEventId)
            {
                _arrived[order.Id] = order;
            }
        }

        TapeArrived();
        Advance();
    }

    public void OnOutcomes(ReadOnlySpan<ExecuteOutcome> outcomes)
    {
        if (_phase != Phase.AwaitingAnswers)
        {
            return;
        }

        foreach (var outcome in outcomes)
        {
            if (outcome.Status == ExecuteOutcome.Fenced)
            {
                Drop();
                return;
            }

            if (outcome.Status == ExecuteOutcome.Rejected)
            {
                KeepLog("warning", $"Signal refused: {outcome.Code}. {outcome.Detail}");
            }
        }

        EventOver();
    }

    public void OnRefused(string reason)
    {
        if (_phase == Phase.AwaitingAnswers)
        {
            Fail(new HostFailure(HostFailure.SignalRefused, HostFailure.Readable($"The gateway could not read a signal. {reason}")));
        }
    }

    /// <summary>The owner wants it stopped: it finishes the event at hand first.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        if (_phase is Phase.Starting or Phase.Loading or Phase.Preparing or Phase.Warming)
        {
            EndWith(new SessionEnd.Stopped());
            return;
        }

        Advance();
    }

    /// <summary>It belongs to another worker now: this one lets go without a word.</summary>
    public void Drop() => EndWith(new SessionEnd.Dropped());

    /// <summary>Its process could not be started.</summary>
    public void NeverStarted(HostFailure failure)
    {
        EndWith(new SessionEnd.Failed(failure));
        _ended(this, _end!);
    }

    private void Fail(HostFailure failure) => EndWith(new SessionEnd.Failed(failure));

    /// <summary>Ends it if its process uses more than it may. Called several times a second.</summary>
    /// <param name="secondly">Whether this is the call of a full second.</param>
    public void Check(bool secondly)
    {
        if (_host is not { HasExited: false } host || _phase == Phase.Ending)
        {
            return;
        }

        var limits = _services.Limits;
        var elapsed = _services.Clock.GetElapsedTime(_eventBegan);
        var cpu = host.CpuTime;

        // Read at the first look at an event, not at its begin: hardly any event lasts until then, and the clock of another process is a
        // tenth of what handing over a bar costs.
        var cpuAtEvent = _cpuAtEvent ??= cpu;
        switch (_phase)
        {
            case Phase.Starting when elapsed > limits.Starvation:
                Fail(new HostFailure(
                    HostFailure.InitTimeout, $"No process was ready for the strategy within {limits.Starvation.TotalSeconds:0.#} s."));
                return;
            case Phase.Loading when IsOver(limits.Start):
                Fail(new HostFailure(HostFailure.InitTimeout, $"The strategy was not ready within {limits.Start.TotalSeconds:0.#} s."));
                return;
            case Phase.AtWork or Phase.Warming when IsOver(limits.EventTime):
                Fail(new HostFailure(
                    HostFailure.EventTimeout, $"The strategy took more than {limits.EventTime.TotalSeconds:0.#} s for one event ({What()})."));
                return;
            case Phase.Loading when cpu - cpuAtEvent > limits.Start.TotalNanoseconds:
                Fail(new HostFailure(
                    HostFailure.InitTimeout, $"The strategy used more than {limits.Start.TotalSeconds:0.#} s of CPU time to be ready."));
                return;
            case Phase.AtWork or Phase.Warming when cpu - cpuAtEvent > limits.EventCpu.TotalNanoseconds:
                Fail(new HostFailure(
                    HostFailure.EventTimeout,
                    $"The strategy used more than {limits.EventCpu.TotalSeconds:0.#} s of CPU time for one event ({What()})."));
                return;
            case Phase.Stopping when elapsed > limits.Stop:
                EndWith(new SessionEnd.Stopped());
                return;
        }

        // A host that did not run since the last look can't have grown either.
        if (cpu != _lastCpu)
        {
            _lastCpu = cpu;
            if (host.ResidentMemory() > limits.ResidentMemory)
            {
                Fail(new HostFailure(
                    HostFailure.MemoryLimit, $"The strategy's process used more than {limits.ResidentMemory >> 20} MiB of memory."));
                return;
            }
        }

        if (secondly)
        {
            CheckCpuShare(cpu);
        }
    }

    // On a machine that is too busy a strategy may stand in line for longer than it may take: that is not its fault. One that sleeps,
    // or waits for something, does not stand in line.
    private bool IsOver(TimeSpan limit)
    {
        var elapsed = _services.Clock.GetElapsedTime(_eventBegan);
        return elapsed > limit && (elapsed > _services.Limits.Starvation || !_host!.WantsCpu());
    }

    private void CheckCpuShare(long cpu)
    {
        if (!_live || _bars is not { } bars || bars.LastSeq - _nextSeq > 1)
        {
            _cpu.Restart();
            return;
        }

        var allowed = TimeSpan.FromMinutes(1) * _services.Limits.CpuShare;
        if (_cpu.Sample(cpu) > allowed.TotalNanoseconds)
        {
            Fail(new HostFailure(
                HostFailure.CpuLimit,
                $"The strategy used more than {allowed.TotalSeconds:0.#} s of CPU time within a minute, also between its events."));
        }
    }

    private string What() => _phase == Phase.Warming ? "warm-up" : _inHand.Of == EventOf.Update ? $"order event {_inHand.First}"
        : _inHand.First == _inHand.Last ? $"bar {_inHand.First}" : $"bars {_inHand.First} to {_inHand.Last}";

    private void OnReady(ReadyFrame ready)
    {
        if (_services.Cage.FindFault(_host!.ProcessId, ready) is { } fault)
        {
            _services.Cage.Failed(Claim.Kind, fault);
            Fail(new HostFailure(HostFailure.SandboxUnavailable, $"Strategies can't run here: {fault}."));
            return;
        }

        _services.Cage.Verified(Claim.Kind);
        _phase = Phase.Loading;
        Begin();
        var sent = _host.Send(HostFrame.Load(new LoadFrame(
            Claim.Symbol,
            Claim.AssetClass == Contracts.Market.AssetClass.Crypto ? "crypto" : "stock",
            Claim.Parameters,
            Claim.Seed,
            (double)_start.Cash,
            PositionQuantity: 0,
            PositionAveragePrice: 0)));
        if (!sent || !_host.SendRaw(_code))
        {
            Fail(new HostFailure(HostFailure.ProtocolError, "The strategy's process does not read."));
        }
    }

    // Reads history outside of the loop; everything after it is back on the loop.
    private async Task WarmUpAsync(int wanted)
    {
        // What an earlier run was warmed with is what a replay is warmed with, also if more history was found since.
        var count = Math.Min(wanted, _start.WarmBars ?? wanted);
        IReadOnlyList<BarValues> history = [];
        if (count > 0 && _start.HistoryThrough is { } through)
        {
            history = await _services.PersistAsync(
                cancellationToken => _services.BarStore.ReadHistoryAsync(Claim.Symbol, through, count, cancellationToken));
        }

        _services.Loop.Post(() =>
        {
            if (_phase == Phase.Preparing)
            {
                foreach (var chunk in history.Chunk(HostProtocol.MaxBarsPerFrame))
                {
                    _warmUp.Enqueue(chunk);
                }

                WarmNext(history.Count);
            }
        });
    }

    private void WarmNext(int total)
    {
        if (_warmUp.TryDequeue(out var chunk))
        {
            _phase = Phase.Warming;
            _inHand = new InHand(EventOf.Bars, 0, total, null);
            Begin();
            Send(HostFrame.Warm(chunk));
            return;
        }

        _phase = Phase.Marking;
        _ = MarkRunningAsync(total);
    }

    private async Task MarkRunningAsync(int warmBars)
    {
        var held = await _services.PersistAsync(cancellationToken =>
            _services.Store.MarkRunningAsync(Claim, warmBars, _services.Clock.GetUtcNow(), cancellationToken));
        _services.Loop.Post(() =>
        {
            if (_phase != Phase.Marking)
            {
                return;
            }

            if (!held)
            {
                Drop();
                return;
            }

            _phase = Phase.Idle;
            _bars = _services.Bars.Follow(Claim.Symbol, this);
            Advance();
        });
    }

    /// <summary>Hands over what comes next, if the host is free and there is something.</summary>
    private void Advance()
    {
        if (_phase != Phase.Idle || _services.IsClosing)
        {
            return;
        }

        if (_tape.TryPeek(out var entry) && entry.AfterSeq < _nextSeq)
        {
            if (entry.IsTaped)
            {
                _tape.Dequeue();
                HandUpdate(entry);
            }

            return;
        }

        if (_stopRequested)
        {
            _phase = Phase.Stopping;
            Begin();
            Send(HostFrame.Stop("user"));
            return;
        }

        if (!_live && _nextSeq > _start.RecoverySeq)
        {
            _live = true;
            _services.Events.Follow(Claim.UserId, this, _lastEventId);
        }

        HandBars();
    }

    private void HandBars()
    {
        var last = _live ? _bars!.LastSeq : _start.RecoverySeq;
        if (_tape.TryPeek(out var entry))
        {
            last = Math.Min(last, entry.AfterSeq);
        }

        // What happened to its orders before it came to this worker goes before the first bar after it.
        if (_nextSeq > last || (_live && !_pastOrdersKnown))
        {
            return;
        }

        if (_nextSeq == last && _bars!.Find(last) is { } single)
        {
            _inHand = new InHand(EventOf.Bar, last, last, single);
            _now = single.OpensAt + BarLength;
            _nextSeq = last + 1;
            _phase = Phase.AtWork;
            _services.Sender.HostAtWork();
            Begin();
            Send(single.Frame);
            return;
        }

        HandChunk(last);
    }

    private void HandChunk(long last)
    {
        var chunk = new List<BarValues>();
        for (var seq = _nextSeq; seq <= last && chunk.Count < BarsPerChunk && _bars!.Find(seq) is { } bar; seq++)
        {
            chunk.Add(bar.Values);
        }

        if (chunk.Count == 0)
        {
            foreach (var (seq, values) in _stored)
            {
                if (seq == _nextSeq + chunk.Count && seq <= last && chunk.Count < BarsPerChunk)
                {
                    chunk.Add(values);
                }
            }
        }

        if (chunk.Count == 0)
        {
            ReadStored();
            return;
        }

        _inHand = new InHand(EventOf.Bars, _nextSeq, _nextSeq + chunk.Count - 1, null) { Chunk = chunk };
        _phase = Phase.AtWork;
        Begin();
        Send(HostFrame.Bars(_nextSeq, chunk));
    }

    private void ReadStored()
    {
        if (_readingStored)
        {
            return;
        }

        _readingStored = true;
        _ = ReadAsync(_nextSeq - 1);

        async Task ReadAsync(long after)
        {
            var stored = await _services.PersistAsync(
                cancellationToken => _services.BarStore.ReadAfterAsync(Claim.Symbol, after, 1_000, cancellationToken));
            _services.Loop.Post(() =>
            {
                _readingStored = false;
                _stored = stored;
                if (_phase != Phase.Ending && (stored.Count == 0 || stored[0].Seq != after + 1))
                {
                    Fail(new HostFailure(
                        HostFailure.DataGap,
                        $"Bar {after + 1} of {Claim.Symbol} is missing in storage, so the session can't be brought up to the present."));
                    return;
                }

                Advance();
            });
        }
    }

    private void HandUpdate(TapeEntry entry)
    {
        _inHand = new InHand(EventOf.Update, entry.EventId, entry.EventId, null) { Update = entry };
        _phase = Phase.AtWork;
        Begin();
        Send(HostFrame.Update(entry.EventId, entry.Order, _tickets.Take(entry.Order)));
    }

    // Gives each event its place: behind the bar the host has, or had last. While a chunk is with the host that place is not known.
    private void TapeArrived()
    {
        if (!_live || !_pastOrdersKnown || _phase is Phase.Ending or Phase.Stopping ||
            (_phase == Phase.AtWork && _inHand.Of == EventOf.Bars))
        {
            return;
        }

        foreach (var (id, arrived) in _arrived)
        {
            var entry = new TapeEntry(id, _nextSeq - 1, arrived.Order!, arrived.Traceparent, isTaped: false);
            _lastEventId = id;
            _tape.Enqueue(entry);
            _services.Journal.Tape(Claim, entry, taped =>
            {
                entry.IsTaped = taped;
                if (taped)
                {
                    Advance();
                }
                else
                {
                    Drop();
                }
            });
        }

        _arrived.Clear();
    }

    private void OnDone(DoneFrame done)
    {
        WorkerTelemetry.Events.Add(1);
        if (_phase == Phase.Stopping && done.Of == "stop")
        {
            KeepLogs(done);
            EndWith(new SessionEnd.Stopped());
            return;
        }

        if (_phase == Phase.Warming && done is { Of: "warm", Signals: null })
        {
            WarmNext((int)_inHand.Last);
            return;
        }

        if (_phase != Phase.AtWork || done.Of != NameOf(_inHand.Of) || done.Seq < _inHand.First || done.Seq > _inHand.Last)
        {
            Breach($"an answer to {HostFailure.Readable(done.Of ?? "", 20)} {done.Seq} that was not asked for");
            return;
        }

        WorkerTelemetry.RoundTrip.Record(_services.Clock.GetElapsedTime(_eventBegan).TotalSeconds);
        FreeHost();
        HasWorked = true;
        if (_inHand.Of == EventOf.Bars)
        {
            if (done.Seq < _inHand.Last && done is { Signals: null or { Count: 0 }, Cancels: null, CancelAll: false, Logs: null, Plots: null, Marks: null })
            {
                Breach($"it stopped at bar {done.Seq} of {_inHand.Last} without a signal");
                return;
            }

            _now = DateTimeOffset.FromUnixTimeMilliseconds(
                _inHand.Chunk![(int)(done.Seq - _inHand.First)].UnixMilliseconds) + BarLength;
            _nextSeq = done.Seq + 1;
            _inHand = _inHand with { Last = done.Seq };
        }

        // At work until the signals are dealt with, but no chunk any more: events have their place again.
        _phase = Phase.AwaitingAnswers;
        TapeArrived();
        KeepLogs(done);
        if (done.Signals is { Count: > 0 } signals)
        {
            Emit(signals);
        }
        else
        {
            EventOver();
        }
    }

    private void Emit(IReadOnlyList<SignalFrame> frames)
    {
        if (frames.Count > HostProtocol.MaxSignalsPerEvent)
        {
            Fail(new HostFailure(
                HostFailure.SignalLimit,
                $"The strategy emitted {frames.Count} signals at one event; {HostProtocol.MaxSignalsPerEvent} are allowed."));
            return;
        }

        if (!_rate.Allows(_now, frames.Count))
        {
            Fail(new HostFailure(
                HostFailure.SignalLimit,
                $"The strategy emitted more than {_services.Limits.SignalsPerMinute} signals within one minute of the market."));
            return;
        }

        var kind = _inHand.Of == EventOf.Update ? SessionEventKind.Order : SessionEventKind.Bar;
        _tickets.Give(kind, _inHand.Last, frames.Count);
        if (IsReplay)
        {
            EventOver();
            return;
        }

        var cause = new SignalCause(kind, _inHand.Last, _now, Trace());
        var signals = new List<ExecuteSignal>(frames.Count);
        for (var i = 0; i < frames.Count; i++)
        {
            string? fault = null;
            if (frames[i] is { } frame && SignalCheck.Read(frame, Claim, cause, i, out fault) is { } signal)
            {
                signals.Add(signal);
            }
            else
            {
                KeepLog("error", $"Signal {i + 1} at {What()} is ignored: {fault ?? "it is empty"}.");
            }
        }

        if (signals.Count == 0)
        {
            EventOver();
            return;
        }

        _services.Sender.Send(this, [.. signals], _inHand.Live);
    }

    private string? Trace()
    {
        if (_inHand.Live is { } bar)
        {
            return bar.TraceSignals();
        }

        if (_inHand.Update is not { } update)
        {
            return null;
        }

        _inHand = _inHand with { Activity = WorkerTelemetry.Start("order event", update.Traceparent) };
        return _inHand.Activity?.Id ?? update.Traceparent;
    }

    // Signals of what was answered before were sent then: an event before the last answered bar, or that bar itself.
    private bool IsReplay => _inHand.Of == EventOf.Update
        ? _inHand.Update!.AfterSeq < _start.ProcessedSeq
        : _inHand.Last <= _start.ProcessedSeq;

    private void EventOver()
    {
        _inHand.Activity?.Stop();
        if (_inHand.Of != EventOf.Update && _inHand.Last > _start.ProcessedSeq)
        {
            _services.Journal.Processed(Claim, _inHand.Last);
        }

        _phase = Phase.Idle;
        Advance();
    }

    private void Begin()
    {
        _eventBegan = _services.Clock.GetTimestamp();
        _cpuAtEvent = null;
        _log.BeginEvent();
    }

    private void Send(ReadOnlyMemory<byte> frame)
    {
        if (!_host!.Send(frame))
        {
            Fail(new HostFailure(HostFailure.ProtocolError, "The strategy's process does not read."));
        }
    }

    private void FreeHost()
    {
        if (_phase == Phase.AtWork && _inHand.Of == EventOf.Bar)
        {
            _services.Sender.HostDone();
        }
    }

    private void KeepLogs(DoneFrame done)
    {
        foreach (var line in done.Logs ?? [])
        {
            if (line is not null)
            {
                KeepLog(line.Level is "debug" or "warning" or "error" ? line.Level : "info", StrategyNotes.TextOf(line));
            }
        }

        foreach (var mark in done.Marks ?? [])
        {
            if (mark is not null)
            {
                KeepLog("info", StrategyNotes.TextOf(mark));
            }
        }

        _notes.Take(done);
    }

    // What was handled before was logged before.
    private void KeepLog(string level, string message)
    {
        if (message.Length == 0 || (_phase is Phase.AtWork or Phase.AwaitingAnswers && IsReplay))
        {
            return;
        }

        if (!_log.Take(Encoding.UTF8.GetByteCount(message)))
        {
            return;
        }

        if (_log.TakeDropped() is > 0 and var dropped)
        {
            _services.Journal.Log(SessionId, "warning", $"{dropped} bytes of log were not kept.");
        }

        _services.Journal.Log(SessionId, level, HostFailure.Readable(message));
    }

    private void Remember(ReadOnlySpan<char> text)
    {
        _lastWords.Append(text.Length > LastWordsKept ? text[^LastWordsKept..] : text);
        if (_lastWords.Length > LastWordsKept)
        {
            _lastWords.Remove(0, _lastWords.Length - LastWordsKept);
        }
    }

    private void Breach(string what) => Fail(new HostFailure(
        HostFailure.ProtocolError, $"The strategy's process broke the protocol: {what}."));

    private void EndWith(SessionEnd end)
    {
        if (_end is not null)
        {
            return;
        }

        _end = end;
        FreeHost();
        _phase = Phase.Ending;
        _inHand.Activity?.Stop();
        Loaded.TrySetResult();
        if (_bars is { } bars)
        {
            _services.Bars.Leave(bars, this);
        }

        _services.Events.Leave(Claim.UserId, this);
        _host?.Kill();
    }

    private static string CodeOf(ErrorFrame error) =>
        error.Message is { } message && HostFailure.IsOutOfMemory(message) ? HostFailure.MemoryLimit
        : error.Code == HostFailure.ProtocolError ? HostFailure.ProtocolError
        : HostFailure.StrategyError;

    private static string NameOf(EventOf kind) => kind switch
    {
        EventOf.Bar => "bar",
        EventOf.Bars => "bars",
        _ => "update",
    };

    /// <summary>The event the host is handling.</summary>
    /// <param name="Of">What it is.</param>
    /// <param name="First">Its number, or that of a chunk's first bar.</param>
    /// <param name="Last">The same of the last.</param>
    /// <param name="Live">The bar as it came, if it is a single one.</param>
    private readonly record struct InHand(EventOf Of, long First, long Last, MarketBar? Live)
    {
        public IReadOnlyList<BarValues>? Chunk { get; init; }

        public TapeEntry? Update { get; init; }

        public Activity? Activity { get; init; }
    }
}

/// <summary>How a session left this worker.</summary>
internal abstract record SessionEnd
{
    private SessionEnd()
    {
    }

    /// <summary>Its owner stopped it.</summary>
    public sealed record Stopped : SessionEnd;

    /// <summary>It failed.</summary>
    public sealed record Failed(HostFailure Failure) : SessionEnd;

    /// <summary>It belongs to another worker, or will.</summary>
    public sealed record Dropped : SessionEnd;
}
