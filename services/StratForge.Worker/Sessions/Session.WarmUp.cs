using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;

namespace StratForge.Worker.Sessions;

// From the loaded strategy to the first event: history for the indicators, and the row that says it runs.
internal sealed partial class Session
{
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
}
