namespace StratForge.Worker.Sessions.Tape;

/// <summary>How far a session came, and what it was told on the way: written as one.</summary>
/// <param name="Session">The claim under which it ran.</param>
/// <param name="Seq">Bars up to this one were handled and their signals answered.</param>
/// <param name="EventId">The same of order events.</param>
/// <param name="Tick">The same of trades and quotes.</param>
/// <param name="FirstBar">Number of the first bar in <paramref name="Bars"/>.</param>
/// <param name="Bars">Bars handled since the note before, as <see cref="TapedBar"/> writes them; empty when there was none.</param>
/// <param name="Sources">Which bars these are, as <see cref="BarSource"/> writes them; null where the session has one symbol.</param>
/// <param name="Outcomes">What its strategy was told of its signals since the note before.</param>
/// <param name="RunHash">Of everything up to here; null before it is known.</param>
/// <param name="Kept">What changed of what is kept about it in <c>sessions.state_metadata</c>: name and JSON.</param>
internal sealed record ProgressNote(
    ClaimedSession Session,
    long Seq,
    long EventId,
    long Tick,
    long FirstBar,
    byte[] Bars,
    byte[]? Sources,
    IReadOnlyList<TapedOutcomes> Outcomes,
    string? RunHash,
    IReadOnlyDictionary<string, string> Kept);

/// <summary>Comes along. Everything on the loop's thread.</summary>
internal interface IProgressSource
{
    /// <summary>What happened since the last call; null when nothing did.</summary>
    ProgressNote? TakeNote();

    /// <summary>What it noted can't be written, and never will.</summary>
    void OnUnstorable(string why);
}
