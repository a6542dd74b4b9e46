using StratForge.Contracts.Internal;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Brokerage;

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
