using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

/// <summary>A session as this worker claimed it. What it runs is pinned, so none of this changes while the claim holds.</summary>
/// <param name="Id">The session.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="StrategyId">Its strategy.</param>
/// <param name="Symbol">What it trades.</param>
/// <param name="AssetClass">What that is.</param>
/// <param name="Mode">What becomes of its signals.</param>
/// <param name="IsStopping">Whether its owner had already asked it to stop.</param>
/// <param name="Parameters">Values for the strategy's parameters.</param>
/// <param name="Seed">Seed of its random numbers.</param>
/// <param name="Epoch">Of this claim. Whoever comes later has a higher one, and everything written under this one is then refused.</param>
/// <param name="Kind">Which host runs it.</param>
/// <param name="Code">Source of the pinned version.</param>
/// <param name="HasBegun">Whether it ran before: where it begins is then fixed.</param>
/// <param name="CreatedAt">When its owner asked for it.</param>
internal sealed record ClaimedSession(
    Guid Id,
    Guid UserId,
    Guid StrategyId,
    string Symbol,
    AssetClass AssetClass,
    SessionMode Mode,
    bool IsStopping,
    IReadOnlyDictionary<string, JsonElement> Parameters,
    long Seed,
    long Epoch,
    HostKind Kind,
    string Code,
    bool HasBegun,
    DateTimeOffset CreatedAt)
{
    /// <summary>How often its host crashed and was started again under this claim.</summary>
    public int Restarts { get; init; }
}

/// <summary>Where a session begins, and how far it has come.</summary>
/// <param name="FirstSeq">Bars after this number are the session's own. Fixed when it first ran.</param>
/// <param name="Cash">Cash its strategy started with; fixed too, or a replay would size its orders otherwise.</param>
/// <param name="HistoryThrough">Start of the last bar before the session; null when there was none.</param>
/// <param name="WarmBars">Bars of history its indicators were warmed with; null before the first time.</param>
/// <param name="ProcessedSeq">Signals of bars up to this one were answered, whoever ran the session then.</param>
/// <param name="RecoverySeq">Newest bar there was when it was claimed. Whoever ran it before can't have handed over a later one,
/// so events that are not on the tape belong after it.</param>
/// <param name="Tape">Events delivered before, each at its place.</param>
/// <param name="LastEventId">Newest event on the tape, or before the session.</param>
internal sealed record SessionStart(
    long FirstSeq,
    decimal Cash,
    DateTimeOffset? HistoryThrough,
    int? WarmBars,
    long ProcessedSeq,
    long RecoverySeq,
    IReadOnlyList<TapeEntry> Tape,
    long LastEventId);

/// <summary>An order event at its place among the bars of one session.</summary>
internal sealed class TapeEntry(long eventId, long afterSeq, OrderEvent order, string? traceparent, bool isTaped)
{
    public long EventId { get; } = eventId;

    /// <summary>Delivered after this bar and before the next.</summary>
    public long AfterSeq { get; } = afterSeq;

    public OrderEvent Order { get; } = order;

    public string? Traceparent { get; } = traceparent;

    /// <summary>Whether its place is stored: before that, no strategy sees it.</summary>
    public bool IsTaped { get; set; } = isTaped;
}
