using StratForge.Contracts.Sessions;

namespace StratForge.Worker.Sessions.Tape;

/// <summary>What a session's strategy was told of its signals, read from the tape as it is asked for.</summary>
/// <remarks>It is asked for in the order in which it was told, so a page of each kind of event is enough, and never all that a session has come to.</remarks>
/// <param name="store">The tape.</param>
/// <param name="sessionId">The session.</param>
internal sealed class OutcomeTape(TapeStore store, Guid sessionId)
{
    private const int PerPage = 200;

    private readonly Dictionary<SessionEventKind, OutcomePage> _pages = [];

    /// <summary>Whether an event is on a page that was read.</summary>
    public bool Knows(SessionEventKind kind, long seq) => _pages.TryGetValue(kind, out var page) && seq >= page.From && seq <= page.Through;

    /// <summary>What was told at an event that is known; null when nothing was.</summary>
    public TapedOutcomes? Find(SessionEventKind kind, long seq) => _pages[kind].Outcomes.GetValueOrDefault(seq);

    /// <summary>Reads the page that begins with an event.</summary>
    /// <returns>To be handed to <see cref="Take"/>.</returns>
    /// <exception cref="InvalidDataException">What is on tape can't be read.</exception>
    public async Task<OutcomePage> ReadAsync(SessionEventKind kind, long from, CancellationToken cancellationToken)
    {
        var outcomes = await store.ReadOutcomesAsync(sessionId, kind, from, PerPage, cancellationToken);
        return new OutcomePage(
            kind, from, outcomes.Count < PerPage ? long.MaxValue : outcomes[^1].Seq, outcomes.ToDictionary(outcome => outcome.Seq));
    }

    /// <summary>Takes a page that was read, in the place of the one before.</summary>
    public void Take(OutcomePage page) => _pages[page.Kind] = page;

    /// <summary>Nothing more will be asked for.</summary>
    public void Forget() => _pages.Clear();
}

/// <summary>A part of a tape.</summary>
/// <param name="Kind">What the events were.</param>
/// <param name="From">Events from this number on.</param>
/// <param name="Through">Up to this one.</param>
/// <param name="Outcomes">By the event's number.</param>
internal sealed record OutcomePage(SessionEventKind Kind, long From, long Through, IReadOnlyDictionary<long, TapedOutcomes> Outcomes);
