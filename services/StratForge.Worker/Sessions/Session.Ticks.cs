using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// Trades and quotes, and the place of each among the bars. They are not stored by anybody else, so one that is not on tape was never told.
internal sealed partial class Session : ITickListener
{
    // Those of a tenth of a second are put on tape together: ten rows a second of a busy session at most.
    private static readonly TimeSpan TicksEvery = TimeSpan.FromSeconds(0.1);

    private readonly WaitingTicks _ticks = new();
    private readonly HashSet<(string Symbol, bool Quotes)> _tickFeeds = [];
    private long _lastTick;
    private long _settledTick;
    private int _ticksQueued;
    private long? _tickedAt;
    private long _ticksBefore;
    private bool _tickTimer;

    public void OnTick(string symbol, in Tick tick)
    {
        if (!_live || !_pastOrdersKnown || _phase is Phase.Ending or Phase.Stopping)
        {
            return;
        }

        _ticks.Add(Math.Max(0, Array.IndexOf(_symbols ?? [], symbol)), tick);
        Guarded(TapeTicks);
    }

    // Of the symbols whose bars it is fed.
    private void FollowTicks()
    {
        foreach (var (symbol, quotes) in _tickFeeds)
        {
            _services.Ticks.Follow(symbol, quotes, this);
        }
    }

    private void LeaveTicks()
    {
        foreach (var (symbol, quotes) in _tickFeeds)
        {
            _services.Ticks.Leave(symbol, quotes, this);
        }
    }

    // What the market did before a bar was there goes before the bar: once for each bar, so that a strategy that is slower than the market misses
    // trades, not bars.
    private bool TapesTicksBeforeBar()
    {
        if (_ticks.IsEmpty || _ticksBefore == _nextSeq || !HasBar())
        {
            return false;
        }

        _ticksBefore = _nextSeq;
        _tickedAt = null;
        TapeTicks();
        return true;
    }

    private bool HasBar()
    {
        if (_order is not { } order)
        {
            return _bars!.LastSeq >= _nextSeq;
        }

        for (var place = 0; place < _feeds!.Length; place++)
        {
            if (_feeds[place].Bars!.LastSeq > order.LastOf(place))
            {
                return true;
            }
        }

        return false;
    }

    // Otherwise only when there is nothing else to do.
    private void TapeTicks()
    {
        if (_ticks.IsEmpty || _ticksQueued > 0 || _phase != Phase.Idle)
        {
            return;
        }

        if (_tickedAt is { } last && _services.Clock.GetElapsedTime(last) is var since && since < TicksEvery)
        {
            if (!_tickTimer)
            {
                _tickTimer = true;
                _services.Loop.After(TicksEvery - since, () =>
                {
                    _tickTimer = false;
                    Guarded(TapeTicks);
                });
            }

            return;
        }

        _tickedAt = _services.Clock.GetTimestamp();
        if (_ticks.Dropped > 0)
        {
            KeepLog("warning", $"{_ticks.Dropped} trades were not told: they came faster than the strategy takes them.");
        }

        var all = _ticks.Take();
        if (!MayTape(all.Length))
        {
            return;
        }

        TickEntry[] entries =
        [
            .. all.Select(waiting => TickEntry.Of(
                _symbols?[waiting.Place] ?? Claim.Symbol, ++_lastTick, _nextSeq - 1, _lastEventId, waiting.Place, waiting.Tick)),
        ];
        _ticksQueued = entries.Length;
        foreach (var entry in entries)
        {
            _tape.Enqueue(entry);
        }

        _services.Journal.Ticks(Claim, entries, taped => Guarded(() =>
        {
            if (!taped)
            {
                Drop();
                return;
            }

            foreach (var entry in entries)
            {
                entry.IsTaped = true;
            }

            Advance();
        }));
    }

    // All of them are told again whenever it changes hands. A strategy that waits for trades and hears of no more would go on holding what it holds,
    // so it ends, and its owner, who was told in time, begins another.
    private bool MayTape(int count)
    {
        long most = _services.Limits.TicksPerSession;
        var told = _lastTick + count;
        if (told > most)
        {
            Fail(new HostFailure(
                HostFailure.TickLimit,
                $"The session was told {_lastTick} trades and quotes; {most} are allowed in all. Start another one in its place; one that subscribes to fewer of them, or only to bars, goes on for longer."));
            return false;
        }

        var warnAt = most / 10 * 9;
        if (_lastTick <= warnAt && told > warnAt)
        {
            KeepLog("warning", $"More than nine tenths of the {most} trades and quotes that one session may be told are told. With the last it ends: start another one in its place before.");
        }

        return true;
    }

    private void HandTick(TickEntry entry)
    {
        _ticksQueued = Math.Max(0, _ticksQueued - 1);
        _inHand = new InHand(entry.Tick.IsQuote ? EventOf.Quote : EventOf.Trade, entry.Number, entry.Number, null) { Tick = entry };
        _phase = Phase.AtWork;
        Reach(DateTimeOffset.FromUnixTimeMilliseconds(entry.Tick.UnixMilliseconds));
        Begin();
        Send(HostFrame.Tick(entry.Number, entry.Tick, entry.Place == 0 ? null : _symbols![entry.Place]));
    }

    private void SettleTick(TickEntry entry)
    {
        var tick = entry.Tick;
        var symbol = _symbols?[entry.Place] ?? Claim.Symbol;
        if (tick.IsQuote)
        {
            _hash?.Quote(symbol, tick.UnixMilliseconds, tick.Price, tick.Size, tick.Ask, tick.AskSize);
        }
        else
        {
            _hash?.Trade(symbol, tick.UnixMilliseconds, tick.Price, tick.Size);
        }

        _settledTick = entry.Number;
    }

    // What comes late does not turn the clock back, for the strategy neither.
    private void Reach(DateTimeOffset at) => _now = at > _now ? at : _now;
}
