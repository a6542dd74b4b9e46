using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// What the strategy is told of its signals before the event is over: it hears of a refusal at once, and no order event comes before it.
internal sealed partial class Session
{
    private readonly List<TapedOutcomes> _toTapeOutcomes = [];

    // By the position of each signal of the event at hand; null until the gateway answers.
    private TapedOutcome?[] _outcomes = [];

    // The frame that goes with the next event, the number of the event it is about, and whether it is on its way.
    private byte[]? _untold;
    private long _untoldSeq;
    private bool _awaitsTold;

    public void OnOutcomes(ReadOnlySpan<ExecuteOutcome> outcomes)
    {
        try
        {
            TakeOutcomes(outcomes);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            OnSurprise(exception);
        }
    }

    private void TakeOutcomes(ReadOnlySpan<ExecuteOutcome> outcomes)
    {
        if (_phase != Phase.AwaitingAnswers)
        {
            return;
        }

        var next = 0;
        foreach (var outcome in outcomes)
        {
            if (outcome.Status == ExecuteOutcome.Fenced)
            {
                Drop();
                return;
            }

            if (outcome.Status == ExecuteOutcome.Rejected)
            {
                KeepLog("warning", $"Signal refused: {outcome.Detail ?? outcome.Code}");
            }

            // What was ignored has its answer already.
            while (_outcomes[next] is not null)
            {
                next++;
            }

            _outcomes[next] = TapedOutcome.Of(_firstTicket + next, outcome);
        }

        TellOutcomes(TapedOutcomes.Of(EventKind, _inHand.Last, [.. _outcomes.Select(outcome => outcome!)]));
    }

    // What was told then is told again. Before there were outcomes none was told.
    private void TellTaped()
    {
        if (_phase != Phase.AwaitingAnswers)
        {
            return;
        }

        var (kind, seq) = (EventKind, _inHand.Last);
        if (!_start.Outcomes.Knows(kind, seq))
        {
            ReadTold(cancellationToken => _start.Outcomes.ReadAsync(kind, seq, cancellationToken), page =>
            {
                _start.Outcomes.Take(page);
                TellTaped();
            });
        }
        else if (_start.Outcomes.Find(kind, seq) is { } taped)
        {
            TellOutcomes(taped);
        }
        else
        {
            EventOver();
        }
    }

    private void TellOutcomes(TapedOutcomes outcomes)
    {
        _inHand = _inHand with { Outcomes = outcomes };
        var frame = HostFrame.Outcomes(_inHand.Last, outcomes.Outcomes);
        if (outcomes.Outcomes.All(outcome => outcome.Status != ExecuteOutcome.Rejected))
        {
            _untold = frame;
            _untoldSeq = _inHand.Last;
            EventOver();
            return;
        }

        _phase = Phase.Telling;
        Begin();
        Send(frame);
    }

    // What was accepted calls no handler: nobody can tell whether it is told at once or right before the next event, with which it costs
    // neither a turn of the host nor one of the loop, at the moment when other sessions' signals are on their way.
    private ReadOnlyMemory<byte> WithUntold(ReadOnlyMemory<byte> frame)
    {
        if (_untold is not { } outcomes)
        {
            return frame;
        }

        var both = new byte[outcomes.Length + frame.Length];
        outcomes.CopyTo(both, 0);
        frame.CopyTo(both.AsMemory(outcomes.Length));
        _untold = null;
        _awaitsTold = true;
        return both;
    }

    // Nothing can be asked for in answer to it: a strategy that is refused and asks again at once would be refused again, without end.
    private void OnTold(DoneFrame done)
    {
        if (!IsTold(done, _inHand.Last))
        {
            Breach($"an answer to the outcomes of {What()} that is none");
            return;
        }

        _inHand = _inHand with { Told = done };
        KeepLogs(done);
        EventOver();
    }

    // The event itself is answered next.
    private void OnToldBefore(DoneFrame done)
    {
        if (!IsTold(done, _untoldSeq))
        {
            Breach($"an answer to the outcomes before {What()} that is none");
            return;
        }

        _awaitsTold = false;
        _inHand = _inHand with { ToldBefore = done };
        KeepLogs(done);
    }

    private static bool IsTold(DoneFrame done, long seq) =>
        done.Of == "outcome" && done.Seq == seq && done is { Signals: null or { Count: 0 }, Cancels: null or { Count: 0 }, CancelAll: false };
}
