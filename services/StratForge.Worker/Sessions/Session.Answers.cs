using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions.Tape;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Sessions;

// What the strategy answers to an event, and what the gateway answers to its signals.
internal sealed partial class Session
{
    private long _firstTicket;

    private void OnDone(DoneFrame done)
    {
        if (_awaitsTold)
        {
            OnToldBefore(done);
            return;
        }

        WorkerTelemetry.Events.Add(1);
        if (_phase == Phase.Stopping && done.Of == "stop")
        {
            KeepLogs(done);
            EndWith(new SessionEnd.Stopped());
            return;
        }

        if (_phase == Phase.Warming && done is { Of: "warm", Signals: null })
        {
            KeepLogs(done);
            WarmNext();
            return;
        }

        if (_phase == Phase.Telling && done.Of == "outcome")
        {
            OnTold(done);
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
        _services.EventsHandled += _inHand.Of == EventOf.Bars ? done.Seq - _inHand.First + 1 : 1;
        if (_inHand.Of == EventOf.Bars)
        {
            if (done.Seq < _inHand.Last && done is { Signals: null or { Count: 0 }, Cancels: null, CancelAll: false, Logs: null, Plots: null, Marks: null })
            {
                Breach($"it stopped at bar {done.Seq} of {_inHand.Last} without a signal");
                return;
            }

            if (_order is null)
            {
                Reach(DateTimeOffset.FromUnixTimeMilliseconds(
                    _inHand.Chunk![(int)(done.Seq - _inHand.First)].UnixMilliseconds) + BarLength);
            }
            else
            {
                TakeHandled(done.Seq);
            }

            _nextSeq = done.Seq + 1;
            _inHand = _inHand with { Last = done.Seq };
            // On a busy machine the process stands in line, and smaller chunks would only make the line longer.
            _chunk.Took(
                (int)(done.Seq - _inHand.First) + 1,
                _services.Clock.GetElapsedTime(_eventBegan) - (_host!.TimeInLine() - _inLineAtChunk));
        }

        _inHand = _inHand with { Answer = done };

        // At work until the signals are dealt with, but no chunk any more: events have their place again.
        _phase = Phase.AwaitingAnswers;
        TapeArrived();
        KeepLogs(done);
        if (done is { CancelAll: false, Cancels: null or { Count: 0 } } || IsReplay || Claim.Mode != SessionMode.Paper)
        {
            Emit(done);
        }
        else
        {
            _ = GuardedAsync(() => TakeBackAsync(done));
        }
    }

    // What is taken back frees what the signals of the same event may count on, so it goes first.
    private async Task TakeBackAsync(DoneFrame done)
    {
        var orders = done.CancelAll ? null
            : done.Cancels!.Select(id => Guid.TryParse(id, out var order) ? order : Guid.Empty).ToArray();
        try
        {
            var held = await _services.Sender.CancelAsync(new CancelOrders(Claim.Id, Claim.Epoch, EventKind, _inHand.Last, orders));
            Post(() => TakenBack(done, held));
        }
        catch (BatchRefusedException refusal)
        {
            Post(() => OnRefused(refusal.Message));
        }
        catch (OperationCanceledException)
        {
            // Going down. Whoever runs the session next takes the same orders back.
        }
    }

    private void TakenBack(DoneFrame done, bool held)
    {
        if (_phase != Phase.AwaitingAnswers)
        {
            return;
        }

        if (held)
        {
            Emit(done);
        }
        else
        {
            Drop();
        }
    }

    private void Emit(DoneFrame done)
    {
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

        _firstTicket = _tickets.Give(EventKind, _inHand.Last, frames.Count);
        if (IsReplay)
        {
            TellTaped();
            return;
        }

        var cause = new SignalCause(EventKind, _inHand.Last, _now, Trace());
        _outcomes = new TapedOutcome?[frames.Count];
        var signals = new List<ExecuteSignal>(frames.Count);
        for (var i = 0; i < frames.Count; i++)
        {
            if (SignalCheck.Read(frames[i], Claim, cause, i, out var fault, _symbols) is { } signal)
            {
                signals.Add(signal);
            }
            else
            {
                KeepLog("error", $"Signal {i + 1} at {What()} is ignored: {fault}.");
                _outcomes[i] = TapedOutcome.Bad(_firstTicket + i);
            }
        }

        if (signals.Count == 0)
        {
            TakeOutcomes([]);
            return;
        }

        _services.Sender.Send(this, [.. signals], _inHand.Live);
    }

    private SessionEventKind EventKind => _inHand.Of switch
    {
        EventOf.Update => SessionEventKind.Order,
        EventOf.Trade or EventOf.Quote => SessionEventKind.Tick,
        _ => SessionEventKind.Bar,
    };

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

    // Signals of what was settled before were sent then.
    private bool IsReplay => _inHand.Tick is { } tick ? tick.Number <= _start.ProcessedTick
        : _inHand.Of != EventOf.Update ? _inHand.Last <= _start.ProcessedSeq
        : _start.ProcessedEventId is { } settled ? _inHand.Update!.EventId <= settled
        : _inHand.Update!.AfterSeq < _start.ProcessedSeq;

    private void EventOver()
    {
        _inHand.Activity?.Stop();
        Settle();
        _phase = Phase.Idle;
        Advance();
    }

    public void OnRefused(string reason)
    {
        if (_phase == Phase.AwaitingAnswers)
        {
            Fail(new HostFailure(HostFailure.SignalRefused, $"The gateway could not read a signal. {reason}"));
        }
    }
}
