namespace StratForge.Contracts.Sessions;

/// <summary>What came of telling a strategy once more what a session was told.</summary>
/// <param name="Identical">Whether it did the same: the same signals, the same run hash, and entries in the ledger that follow from the same rules.</param>
/// <param name="FirstDifference">The first thing that was not the same; null when nothing was.</param>
/// <param name="ThroughSeq">Number of the last bar of the replay: how far the session had come when the replay was asked for, or began.</param>
/// <param name="Bars">Bars handed over, without history.</param>
/// <param name="OrderEvents">Order events handed over.</param>
/// <param name="Signals">Signals compared.</param>
/// <param name="Fills">Fills whose ledger entries were computed anew and compared.</param>
/// <param name="Postings">Entries of these.</param>
/// <param name="CorrectedBars">Bars that are stored with other values now than the session was given: corrected since. No difference, since the
/// replay takes the session's own tape.</param>
/// <param name="RunHash">Of the replay.</param>
/// <param name="RecordedRunHash">Of the session at that place; null for what was recorded before there were run hashes.</param>
public sealed record ReplayResult(
    bool Identical,
    ReplayDifference? FirstDifference,
    long ThroughSeq,
    long Bars,
    long OrderEvents,
    long Signals,
    long Fills,
    long Postings,
    long CorrectedBars,
    string? RunHash,
    string? RecordedRunHash);

/// <summary>One thing that a replay found other than it was recorded.</summary>
/// <param name="Event">Where: <c>start</c>, <c>bar 17</c>, <c>order event 5</c>, <c>fill</c> with its execution, or <c>end</c>.</param>
/// <param name="At">Time of that event on the market's clock, where it has one.</param>
/// <param name="Field">What: <c>close</c>, <c>signal 1 quantity</c>, <c>posting 2 amount</c>, <c>run hash</c>.</param>
/// <param name="Expected">As it was recorded.</param>
/// <param name="Got">As it came out now.</param>
public sealed record ReplayDifference(string Event, DateTimeOffset? At, string Field, string Expected, string Got);
