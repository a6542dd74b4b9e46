using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// What happened to its orders, and the place of each event among the bars.
internal sealed partial class Session
{
    public void OnOrder(AccountEvent order)
    {
        if (order.Id > _lastEventId)
        {
            _arrived[order.Id] = order;
            Guarded(TapeArrived);
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

        Guarded(() =>
        {
            TapeArrived();
            Advance();
        });
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
            _services.Journal.Tape(Claim, entry, taped => Guarded(() =>
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
            }));
        }

        _arrived.Clear();
    }
}
