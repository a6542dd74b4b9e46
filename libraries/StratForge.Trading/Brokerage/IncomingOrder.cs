using StratForge.Contracts.Internal;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Brokerage;

/// <summary>What decides about a session's signals.</summary>
/// <param name="Id">The session.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="StrategyId">Its strategy.</param>
/// <param name="Symbol">Its own.</param>
/// <param name="Mode"><c>PAPER</c> trades; anything else is only recorded.</param>
/// <param name="LeaseEpoch">Epoch of its present owner among the workers.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Status">Where it stands: signals of one that is <c>PAUSED</c> or <c>STOPPING</c> are refused.</param>
/// <param name="Further">Symbols that its strategy subscribed to besides, which it trades too; null when there is none.</param>
public sealed record SessionFacts(
    Guid Id, Guid UserId, Guid StrategyId, string Symbol, string Mode, long LeaseEpoch, DateTimeOffset? EndedAt, string Status = "RUNNING",
    IReadOnlyList<string>? Further = null)
{
    /// <summary>Whether its strategy may trade a symbol.</summary>
    public bool Trades(string symbol) => symbol == Symbol || Further?.Contains(symbol, StringComparer.Ordinal) is true;
}

/// <summary>What an entry leaves behind once it is filled: one or two orders that close it, of which one cancels the other.</summary>
/// <param name="TakeProfit">Limit of the one that takes the profit, USD.</param>
/// <param name="Stop">Stop of the one that limits the loss, USD.</param>
/// <param name="StopLimit">Limit of the latter once its stop is reached; null for a market order.</param>
public sealed record ExitLegs(decimal? TakeProfit, decimal? Stop, decimal? StopLimit);

/// <summary>An order on its way in, checked as far as that needs no account.</summary>
/// <param name="Id">Id it will have: drawn for a signal, derived from the caller's key for an order by hand that brings one.</param>
/// <param name="UserId">Its owner; a signal's is its session's.</param>
/// <param name="Session">The session of a signal.</param>
/// <param name="Signal">The signal; null for an order by hand.</param>
/// <param name="Terms">What to trade.</param>
/// <param name="Collar">The most a unit may cost, or for a short sale be worth, USD; null when nobody knows the price.</param>
/// <param name="Refusal">Why it can't be taken, if that is known already.</param>
/// <param name="ReceivedAt">Rises from order to order: the order of intake is the order of these.</param>
/// <param name="ExpiresAt">When its time runs out, on the market's clock.</param>
/// <param name="Traceparent">Trace to continue, when sampled.</param>
/// <param name="ClientOrderId">The caller's own key.</param>
/// <param name="RequestHash">Of what the caller's key stands for.</param>
/// <param name="Legs">What it leaves behind once it is filled.</param>
/// <param name="ExitsOnly">The order is one of the two exits itself, its stop is the other: Alpaca's <c>oco</c>.</param>
/// <param name="Notional">The value that was asked for, USD; null when units were.</param>
/// <param name="Risk">What its owner and the house allow; null only where nothing can be traded.</param>
/// <param name="SessionId">The session whose position it changes; null for one held by hand.</param>
public sealed record IncomingOrder(
    Guid Id,
    Guid UserId,
    SessionFacts? Session,
    ExecuteSignal? Signal,
    OrderTerms Terms,
    decimal? Collar,
    Refusal? Refusal,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? ExpiresAt = null,
    string? Traceparent = null,
    string? ClientOrderId = null,
    byte[]? RequestHash = null,
    ExitLegs? Legs = null,
    bool ExitsOnly = false,
    decimal? Notional = null,
    RiskTerms? Risk = null,
    Guid? SessionId = null);
