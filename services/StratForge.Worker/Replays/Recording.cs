using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Worker.Sessions;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Replays;

/// <summary>What is recorded of a session, up to the place at which it is settled, as of one moment; but for its tape, which does not change up to there
/// and is read as it is told.</summary>
/// <param name="Session">What ran, as if it were claimed.</param>
/// <param name="CodeHash">Of the code as it is stored now.</param>
/// <param name="FirstSeq">Bars after this number are its own.</param>
/// <param name="ThroughSeq">Bars up to this one are settled.</param>
/// <param name="HistoryThrough">Start of the last bar before it.</param>
/// <param name="RunHash">Of all that is settled.</param>
/// <param name="Start">Where it began, as it was taped.</param>
/// <param name="Further">Its further symbols, by their places from 1.</param>
/// <param name="ThroughEvent">Order events up to this one are settled.</param>
/// <param name="ThroughTick">Trades and quotes up to this one are settled.</param>
/// <param name="Signals">What the gateway has of it, by event and position.</param>
/// <param name="Fills">What was executed for it, in the order in which it was booked.</param>
internal sealed record Recording(
    ClaimedSession Session,
    string CodeHash,
    long FirstSeq,
    long ThroughSeq,
    DateTimeOffset? HistoryThrough,
    string? RunHash,
    TapeStart Start,
    IReadOnlyList<string> Further,
    long ThroughEvent,
    long ThroughTick,
    ILookup<(short Kind, long Seq), RecordedSignal> Signals,
    IReadOnlyList<RecordedFill> Fills);

/// <summary>A signal as the gateway recorded it.</summary>
internal sealed record RecordedSignal(
    int Ordinal,
    string Symbol,
    string Action,
    decimal Quantity,
    double Confidence,
    string OrderType,
    decimal? LimitPrice,
    JsonElement? Metadata,
    DateTimeOffset GeneratedAt);

/// <summary>One execution of one order of the session, as it was booked.</summary>
/// <param name="ExecutionId">The venue's id.</param>
/// <param name="OrderId">The order.</param>
/// <param name="At">When it happened.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Side">Its direction.</param>
/// <param name="Effect">Whether it opens or closes.</param>
/// <param name="Ordered">Units ordered.</param>
/// <param name="Collar">The most a unit may cost.</param>
/// <param name="IsExit">Whether the order is one of the exits of a bracket, which share what is reserved for them.</param>
/// <param name="Reserved">USD reserved for the order before this fill, less what was released.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Price">USD per unit.</param>
/// <param name="Fee">In units for a purchase of a coin, else USD.</param>
/// <param name="CashAmount">What the owner's money changed by.</param>
/// <param name="RealisedPnl">What a closing brought.</param>
/// <param name="Postings">Its entries in the ledger.</param>
internal sealed record RecordedFill(
    Guid ExecutionId,
    Guid OrderId,
    DateTimeOffset At,
    string Symbol,
    Side Side,
    PositionEffect Effect,
    decimal Ordered,
    decimal? Collar,
    bool IsExit,
    decimal Reserved,
    decimal Quantity,
    decimal Price,
    decimal Fee,
    decimal CashAmount,
    decimal RealisedPnl,
    IReadOnlyList<Posting> Postings);
