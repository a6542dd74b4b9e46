using StratForge.Contracts.Hosting;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// The place up to which everything is settled: what was told is on tape, what was answered is in the run hash.
internal sealed partial class Session : IProgressSource, IDisposable
{
    private readonly List<TapedBar> _toTape = [];
    private RunHash? _hash;
    private string? _lastHash;
    private long _settledSeq;
    private long _settledEventId;
    private long _firstToTape;
    private bool _moved;

    public ProgressNote? TakeNote()
    {
        if (!_moved)
        {
            return null;
        }

        var bars = new byte[_toTape.Count * TapedBar.Size];
        for (var i = 0; i < _toTape.Count; i++)
        {
            _toTape[i].Write(bars.AsSpan(i * TapedBar.Size));
        }

        var sources = _order is null ? null : BarSource.WriteAll(_toTapeSources);
        TapedOutcomes[] outcomes = [.. _toTapeOutcomes];
        _moved = false;
        _toTapeOutcomes.Clear();
        _toTape.Clear();
        _toTapeSources.Clear();
        return new ProgressNote(
            Claim, _settledSeq, _settledEventId, _settledTick, _firstToTape, bars, sources, outcomes, _lastHash ?? _hash?.Current(), _notes.TakeChanged());
    }

    public void OnUnstorable(string why) => Fail(new HostFailure(
        HostFailure.DataCorrupt, $"What this session did can't be stored ({why}). Its operator finds more in the worker's log."));

    /// <summary>Its process is gone. What it came to may still be asked for.</summary>
    public void Dispose()
    {
        _lastHash = _hash?.Current();
        _hash?.Dispose();
        _hash = null;
    }

    /// <summary>The event at hand is over: its signals were answered, or it had none.</summary>
    private void Settle()
    {
        var wasReplay = IsReplay;
        if (_inHand.Of == EventOf.Update)
        {
            _hash?.Update(_inHand.Update!.Order);
            _settledEventId = _inHand.Update!.EventId;
        }
        else if (_inHand.Tick is { } tick)
        {
            SettleTick(tick);
        }
        else
        {
            for (var seq = _inHand.First; seq <= _inHand.Last; seq++)
            {
                SettleBar(seq, wasReplay);
            }
        }

        if (_inHand.ToldBefore is { } toldBefore)
        {
            Keep(toldBefore);
        }

        if (_inHand.Answer is { } answer)
        {
            _hash?.Answer(answer);
            Keep(answer);
        }

        if (_inHand.Outcomes is { } outcomes)
        {
            SettleOutcomes(outcomes, wasReplay);
        }

        if (!wasReplay)
        {
            _moved = true;
            _services.Journal.Moved(this);
        }
        else
        {
            CompareWithBefore();
        }
    }

    private void Keep(DoneFrame answer)
    {
        if (_notes.Take(answer) is { } notKept)
        {
            KeepLog("warning", notKept);
        }
    }

    private void SettleOutcomes(TapedOutcomes outcomes, bool wasReplay)
    {
        foreach (var outcome in outcomes.Outcomes)
        {
            _hash?.Outcome(outcome.Ticket, outcome.Status, outcome.Code, outcome.OrderId);
        }

        if (_inHand.Told is { } told)
        {
            _hash?.Answer(told);
            Keep(told);
        }

        if (!wasReplay)
        {
            _toTapeOutcomes.Add(outcomes);
        }
    }

    private void SettleBar(long seq, bool wasReplay)
    {
        var i = (int)(seq - _inHand.First);
        var symbol = Claim.Symbol;
        TapedBar bar;
        if (_inHand.Sources?[i] is { } source)
        {
            symbol = _symbols![source.Place];
            bar = TapedBar.Of(symbol, seq, source.Seq, _inHand.Live?.Values ?? _inHand.Chunk![i]);
            if (!wasReplay)
            {
                _toTapeSources.Add(source);
            }
        }
        else
        {
            bar = _inHand.Live is { } live ? live.Taped : TapedBar.Of(symbol, seq, _inHand.Chunk![i]);
        }

        _hash?.Bar(
            symbol, bar.Values.UnixMilliseconds, bar.Values.Open, bar.Values.High, bar.Values.Low, bar.Values.Close, bar.Values.Volume);
        _settledSeq = seq;
        if (wasReplay)
        {
            return;
        }

        if (_toTape.Count == 0)
        {
            _firstToTape = seq;
        }

        _toTape.Add(bar);
    }

    // Where whoever ran it before had come to, the strategy must have done again what it did then. If it did not it depends on something
    // that is not on tape; what it does from here on is what this run of it does, and its owner is told.
    private void CompareWithBefore()
    {
        if (_settledSeq == _start.ProcessedSeq && _settledEventId == (_start.ProcessedEventId ?? 0) && _settledTick == _start.ProcessedTick &&
            _start.RunHash is { } before && _hash?.Current() is { } now && now != before)
        {
            _services.Journal.Log(
                SessionId, "warning",
                $"After the takeover the strategy did not repeat what it had done until bar {_settledSeq}: run hash {now[..12]} instead of {before[..12]}. It depends on something that is not part of its inputs.");
            WorkerTelemetry.NotRepeated.Add(1);
        }
    }

    private void BeginHash(LoadedFrame loaded)
    {
        _hash = new RunHash(Claim.Symbol, Claim.Seed, (double)_start.Cash, loaded.Parameters, Claim.Parameters);
        _settledSeq = _start.FirstSeq;
        _settledEventId = 0;
    }
}
