using StratForge.Alpaca;
using StratForge.Ingestor.Bars;

namespace StratForge.Ingestor.Venues;

/// <summary>What a feed knows about one of its symbols.</summary>
internal sealed class FeedSymbol(string symbol) : IDisposable
{
    /// <summary>Streamed bars that may wait while the venue's history is asked. A day of minutes; beyond it everything is asked again.</summary>
    public const int LongestWait = 1_440;

    public string Symbol { get; } = symbol;

    /// <summary>Null until it is known after which instant bars are numbered.</summary>
    public BarSequence? Sequence { get; set; }

    /// <summary>Whether what lies between the last numbered bar and now is history: no session is in the middle of it, and a
    /// session that starts now must not be handed old bars as if they were new.</summary>
    public bool MissedIsHistory { get; set; }

    public FeedPhase Phase { get; private set; } = FeedPhase.Waiting;

    /// <summary>Number of the catch-up under way; answers of any other are void.</summary>
    public long? Attempt { get; private set; }

    /// <summary>Streamed bars not placed yet, in order.</summary>
    public Queue<(AlpacaBar Bar, DateTimeOffset ReceivedAt)> Waiting { get; } = new();

    /// <summary>Start of the last bar this connection streamed.</summary>
    public DateTimeOffset? LastStreamedAt { get; set; }

    /// <summary>When it last brought a bar, or else when it had caught up first, on our clock.</summary>
    public DateTimeOffset? HeardAt { get; set; }

    /// <summary>When its silence was last looked into, on our clock.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>Whether it should have brought a bar if its market trades.</summary>
    public bool IsSilentSince(DateTimeOffset instant) => Phase == FeedPhase.Live && Sequence is not null && HeardAt <= instant;

    /// <summary>End of the gap that is being asked about, if one is.</summary>
    public DateTimeOffset? GapAskedThrough { get; set; }

    /// <summary>Newest bar of a history that is still coming in.</summary>
    public DateTimeOffset? HistoryThrough { get; set; }

    private CancellationTokenSource? CatchUp { get; set; }

    /// <summary>Begins a catch-up and gives it its end.</summary>
    public CancellationToken BeginCatchUp(long attempt, CancellationToken cancellationToken)
    {
        EndCatchUp();
        CatchUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Phase = FeedPhase.CatchingUp;
        Attempt = attempt;
        return CatchUp.Token;
    }

    /// <summary>Nothing is missing any more: streamed bars go on by themselves.</summary>
    public void Live() => Phase = FeedPhase.Live;

    /// <summary>The connection is gone; what it would have said has to be asked for.</summary>
    public void Interrupt()
    {
        EndCatchUp();
        Attempt = null;
        Phase = FeedPhase.Waiting;
        LastStreamedAt = null;
        GapAskedThrough = null;
        HistoryThrough = null;
        Waiting.Clear();
    }

    public void Dispose() => EndCatchUp();

    private void EndCatchUp()
    {
        CatchUp?.Cancel();
        CatchUp?.Dispose();
        CatchUp = null;
    }
}

/// <summary>How far a symbol is.</summary>
internal enum FeedPhase
{
    /// <summary>For the venue to say that it streams the symbol.</summary>
    Waiting,

    /// <summary>The venue's history is being asked for what the stream did not bring.</summary>
    CatchingUp,

    /// <summary>Streamed bars follow each other.</summary>
    Live,
}
