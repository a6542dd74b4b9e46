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

    public void OnOutcomes(ReadOnlySpan<ExecuteOutcome> outcomes)
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

    private void TellOutcomes(TapedOutcomes outcomes)
    {
        _inHand = _inHand with { Outcomes = outcomes };
        _phase = Phase.Telling;
        Begin();
        Send(HostFrame.Outcomes(_inHand.Last, outcomes.Outcomes));
    }

    // Nothing can be asked for in answer to it: a strategy that is refused and asks again at once would be refused again, without end.
    private void OnTold(DoneFrame done)
    {
        if (done.Seq != _inHand.Last || done is not { Signals: null or { Count: 0 }, Cancels: null or { Count: 0 }, CancelAll: false })
        {
            Breach($"an answer to the outcomes of {What()} that is none");
            return;
        }

        _inHand = _inHand with { Told = done };
        KeepLogs(done);
        EventOver();
    }
}
