using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// From the loaded strategy to the first event: history for the indicators, and the row that says it runs.
internal sealed partial class Session
{
    private IReadOnlyList<BarValues> _warmBars = [];

    // Reads history outside of the loop; everything after it is back on the loop.
    private async Task WarmUpAsync(int wanted)
    {
        // What an earlier run was warmed with is what this one is warmed with, whatever became of the history since.
        IReadOnlyList<BarValues> history = [];
        if (_start.WarmBars is { } taped)
        {
            history = [.. taped.Select(bar => bar.Values)];
        }
        else if (wanted > 0 && _start.HistoryThrough is { } through)
        {
            history = await _services.PersistAsync(
                cancellationToken => _services.BarStore.ReadHistoryAsync(Claim.Symbol, through, wanted, cancellationToken));
        }

        _services.Loop.Post(() =>
        {
            if (_phase == Phase.Preparing)
            {
                _warmBars = history;
                foreach (var chunk in history.Chunk(HostProtocol.MaxBarsPerFrame))
                {
                    _warmUp.Enqueue(chunk);
                }

                foreach (var bar in history)
                {
                    _hash!.Bar(Claim.Symbol, bar.UnixMilliseconds, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, warm: true);
                }

                WarmNext();
            }
        });
    }

    private void WarmNext()
    {
        if (_warmUp.TryDequeue(out var chunk))
        {
            _phase = Phase.Warming;
            _inHand = new InHand(EventOf.Bars, 0, 0, null);
            Begin();
            Send(HostFrame.Warm(chunk));
            return;
        }

        _phase = Phase.Marking;
        _ = MarkRunningAsync(TapedBar.WriteHistory(Claim.Symbol, _warmBars));
    }

    private async Task MarkRunningAsync(byte[] warmBars)
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
