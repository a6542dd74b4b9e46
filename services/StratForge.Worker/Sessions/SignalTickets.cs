using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Worker.Sessions;

/// <summary>Numbers the signals of one session in their order, as its host does, and finds the number again by the order that a signal became.</summary>
/// <remarks>Those of a replay count as well: host and worker both begin at one.</remarks>
/// <param name="sessionId">The session.</param>
internal sealed class SignalTickets(Guid sessionId)
{
    // What was refused or only recorded never becomes an order and stays here; the oldest of so many is forgotten.
    private const int Most = 10_000;

    private readonly Dictionary<Guid, long> _bySignal = [];
    private readonly Queue<Guid> _inOrder = new();
    private long _given;

    /// <summary>Numbers the signals of one event.</summary>
    /// <returns>The number of the first.</returns>
    public long Give(SessionEventKind kind, long seq, int count)
    {
        var first = _given + 1;
        for (var ordinal = 0; ordinal < count; ordinal++)
        {
            var id = SignalIds.Derive(sessionId, kind, seq, ordinal);
            _bySignal[id] = ++_given;
            _inOrder.Enqueue(id);
            if (_inOrder.Count > Most)
            {
                _bySignal.Remove(_inOrder.Dequeue());
            }
        }

        return first;
    }

    /// <summary>The number of the signal that an order came of; null when it came of none that is known.</summary>
    public long? Take(OrderEvent order) =>
        order.SignalId is { } signal && _bySignal.TryGetValue(signal, out var number) ? number : null;
}
