using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

/// <summary>Where a session begins, and how far it has come.</summary>
/// <param name="FirstSeq">Bars after this number are the session's own. Fixed when it first ran.</param>
/// <param name="Cash">Cash its strategy started with; fixed too, or a replay would size its orders otherwise.</param>
/// <param name="HistoryThrough">Start of the last bar before the session; null when there was none.</param>
/// <param name="WarmBars">History its indicators were warmed with; null before the first time.</param>
/// <param name="WarmPlaces">Place of the symbol of each of these; null where all are of the session's own.</param>
/// <param name="ProcessedSeq">Signals of bars up to this one were answered, whoever ran the session then.</param>
/// <param name="ProcessedEventId">Signals of order events up to this one were answered; null when that was not written down.</param>
/// <param name="ProcessedTick">The same of trades and quotes.</param>
/// <param name="RunHash">Of everything up to there; null when that was not written down.</param>
/// <param name="RecoverySeq">Newest bar there was when it was claimed. Whoever ran it before can't have handed over a later one,
/// so events that are not on the tape belong after it.</param>
/// <param name="Tape">Order events, trades and quotes delivered before, each at its place.</param>
/// <param name="Outcomes">What the strategy was told of its signals at settled events.</param>
/// <param name="LastEventId">Newest event on the tape, or before the session.</param>
/// <param name="LastTick">Number of the newest trade or quote on the tape.</param>
internal sealed record SessionStart(
    long FirstSeq,
    decimal Cash,
    DateTimeOffset? HistoryThrough,
    IReadOnlyList<TapedBar>? WarmBars,
    IReadOnlyList<int>? WarmPlaces,
    long ProcessedSeq,
    long? ProcessedEventId,
    long ProcessedTick,
    string? RunHash,
    long RecoverySeq,
    PlacedTape Tape,
    OutcomeTape Outcomes,
    long LastEventId,
    long LastTick);
