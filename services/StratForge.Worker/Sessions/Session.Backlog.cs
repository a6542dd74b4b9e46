using StratForge.Worker.Market;

namespace StratForge.Worker.Sessions;

// How far it is behind, for the metrics.
internal sealed partial class Session
{
    /// <summary>What it is doing, in an operator's words.</summary>
    public SessionStage Stage => _phase switch
    {
        Phase.Starting or Phase.Loading or Phase.Preparing or Phase.Warming or Phase.Marking => SessionStage.Starting,
        Phase.Stopping or Phase.Ending => SessionStage.Ending,
        _ => _live ? SessionStage.Live : SessionStage.CatchingUp,
    };

    /// <summary>What its host has not been given yet.</summary>
    public SessionBacklog Backlog()
    {
        var events = _tape.Count + _arrived.Count + _ticks.Count;
        long? oldest = null;
        if (_order is not { } order)
        {
            Add(_bars, _start.RecoverySeq, _nextSeq - 1 + (HasChunk ? _inHand.Chunk!.Count : 0));
        }
        else
        {
            for (var place = 0; place < _feeds!.Length; place++)
            {
                Add(_feeds[place].Bars, _feeds[place].RecoverySeq, order.LastOf(place) + (HasChunk ? _inHand.Sources!.Count(source => source.Place == place) : 0));
            }
        }

        return new SessionBacklog(events, oldest is { } since ? _services.Clock.GetElapsedTime(since) : TimeSpan.Zero);

        void Add(SymbolBars? bars, long recoverySeq, long given)
        {
            events += Math.Max(0, Math.Max(bars?.LastSeq ?? 0, recoverySeq) - given);
            if (_live && bars?.Find(given + 1) is { ArrivedAt: var arrivedAt } && (oldest is null || arrivedAt < oldest))
            {
                oldest = arrivedAt;
            }
        }
    }

    private bool HasChunk => _phase == Phase.AtWork && _inHand.Of == EventOf.Bars;

    // The oldest of what is handed over now; of a bar that is not at hand any more nobody knows when it came.
    private void NoteLag(MarketBar? oldest)
    {
        if (oldest is null)
        {
            return;
        }

        var lag = _services.Clock.GetElapsedTime(oldest.ArrivedAt);
        WorkerTelemetry.BarLag.Record(lag.TotalSeconds);
        if (lag > _services.LongestBarLag)
        {
            _services.LongestBarLag = lag;
        }
    }
}

/// <summary>What waits for a host.</summary>
/// <param name="Events">Bars, ticks and order events.</param>
/// <param name="Oldest">For how long the oldest bar of them has; zero when none does.</param>
internal readonly record struct SessionBacklog(long Events, TimeSpan Oldest);
