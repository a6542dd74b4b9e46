using System.Diagnostics;
using System.Text;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Sessions;

/// <summary>One running session: what its host is doing, and which event comes next. Lives on the loop's thread.</summary>
/// <remarks>Moved by events only: a bar came, the host answered, the gateway answered, an event is on tape. It handles one event at a
/// time and takes the next when the signals of the last were answered; it never waits for another session.</remarks>
internal sealed partial class Session : IHostOwner, IBarListener, IOrderListener, ISignalSource
{
    private const int LastWordsKept = 1_500;
    private static readonly TimeSpan BarLength = TimeSpan.FromMinutes(1);

    private readonly SessionServices _services;
    private readonly Action<Session, SessionEnd> _ended;
    private readonly ReadOnlyMemory<byte> _code;
    private readonly LogBudget _log;
    private readonly SignalRate _rate;
    private readonly CpuWindow _cpu = new();
    private readonly ChunkSize _chunk = new();
    private readonly SignalTickets _tickets;
    private readonly StrategyNotes _notes = new();
    private readonly PlacedTape _tape;
    private readonly SortedDictionary<long, AccountEvent> _arrived = [];
    private readonly Queue<(BarValues[] Bars, int[]? Places)> _warmUp = new();
    private readonly StringBuilder _lastWords = new();
    private readonly Decoder _logDecoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _logLine = new();
    private SessionStart _start;
    private HostProcess? _host;
    private SymbolBars? _bars;
    private Phase _phase = Phase.Starting;
    private InHand _inHand;
    private long _eventBegan;
    private long? _cpuAtEvent;
    private TimeSpan _inLineAtChunk;
    private long _lastCpu;
    private long _nextSeq;
    private long _lastEventId;
    private DateTimeOffset _now;
    private IReadOnlyList<(long Seq, BarValues Values)> _stored = [];
    private bool _readingStored;
    private bool _readingTape;
    private bool _live;
    private bool _pastOrdersKnown;
    private bool _stopRequested;
    private bool _leaving;
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
        _tape = start.Tape;
        _code = code;
        _services = services;
        _ended = ended;
        _log = new LogBudget(services.Limits, services.Clock);
        _rate = new SignalRate(services.Limits.SignalsPerMinute);
        _tickets = new SignalTickets(claim.Id);
        _nextSeq = start.FirstSeq + 1;
        _lastEventId = start.LastEventId;
        _now = start.HistoryThrough ?? DateTimeOffset.UnixEpoch;
        _stopRequested = claim.IsStopping;
        _lastTick = start.LastTick;
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
                if (FurtherSymbols(loaded) is not { } further)
                {
                    Breach("it subscribes to what are no symbols, or to too many");
                    break;
                }

                _phase = Phase.Preparing;
                Loaded.TrySetResult();
                BeginHash(loaded);
                _ = GuardedAsync(() => WarmUpAsync(loaded, further));
                break;
            case ErrorFrame { Code: HostFailure.SandboxUnavailable } error when _phase == Phase.Starting:
                var reason = HostFailure.Readable(error.Message ?? "");
                _services.Cage.Failed(Claim.Kind, reason);
                Fail(new HostFailure(HostFailure.SandboxUnavailable, reason));
                break;
            case ErrorFrame error:
                Fail(new HostFailure(CodeOf(error), error.Message ?? ""));
                break;
            case var other:
                Breach($"{other.GetType().Name} at a time when none is due");
                break;
        }
    }

    public void OnBreach(string what) => Breach(what);

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

        Dispose();
        _ended(this, _end!);
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

        Guarded(Advance);
    }

    /// <summary>Another worker is to have it: it finishes the event at hand, its signals answered, and takes no other.</summary>
    public void LetGo()
    {
        _leaving = true;
        if (_phase is not (Phase.AtWork or Phase.AwaitingAnswers or Phase.Telling or Phase.Stopping))
        {
            Drop();
        }
    }

    /// <summary>It belongs to another worker now: this one lets go without a word.</summary>
    public void Drop() => EndWith(new SessionEnd.Dropped());

    /// <summary>Its process could not be started.</summary>
    public void NeverStarted(HostFailure failure)
    {
        EndWith(new SessionEnd.Failed(failure));
        Dispose();
        _ended(this, _end!);
    }

    private void Fail(HostFailure failure) => EndWith(new SessionEnd.Failed(failure));

    private void OnReady(ReadyFrame ready)
    {
        if (_services.Cage.FindFault(_host!.ProcessId, ready) is { } fault)
        {
            _services.Cage.Failed(Claim.Kind, fault);
            Fail(new HostFailure(HostFailure.SandboxUnavailable, $"Strategies can't run here: {fault}."));
            return;
        }

        _services.Cage.Verified(Claim.Kind, ready);
        if (_services.Cage.Warning is { } uncaged)
        {
            KeepLog("warning", uncaged);
        }

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

    private void Begin()
    {
        _eventBegan = _services.Clock.GetTimestamp();
        _cpuAtEvent = null;
        _log.BeginEvent();
    }

    private void Send(ReadOnlyMemory<byte> frame)
    {
        if (!_host!.Send(WithUntold(frame)))
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
            LeaveSymbols();
            LeaveTicks();
        }

        _services.Events.Leave(Claim.UserId, this);
        _host?.Kill();
    }

    private static string CodeOf(ErrorFrame error) =>
        error.Message is { } message && HostFailure.IsOutOfMemory(message) ? HostFailure.MemoryLimit
        : error.Code == HostFailure.ProtocolError ? HostFailure.ProtocolError
        : HostFailure.StrategyError;
}
