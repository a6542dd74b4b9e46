using StratForge.Contracts.Internal;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>An order on its way in, before its account was looked at.</summary>
/// <param name="Id">Id it will have: drawn for a signal, derived from the caller's key for an order by hand that brings one.</param>
/// <param name="UserId">Owner of an order by hand; a signal's owner is its session's.</param>
/// <param name="Signal">The signal; null for an order by hand.</param>
/// <param name="Terms">What to trade.</param>
/// <param name="Collar">The most a unit may cost, USD; null when nobody knows.</param>
/// <param name="Refusal">Why it can't be taken, if that is known already.</param>
/// <param name="ReceivedAt">Rises from order to order within a process: the order of intake is the order of these.</param>
/// <param name="ExpiresAt">When its time runs out, on the market's clock.</param>
/// <param name="Traceparent">Trace to continue, when sampled.</param>
/// <param name="ClientOrderId">The caller's own key.</param>
/// <param name="RequestHash">Of what the caller's key stands for.</param>
/// <param name="Legs">What it leaves behind once it is filled.</param>
/// <param name="ExitsOnly">It is one of two exits itself.</param>
/// <param name="Notional">The value that was asked for, USD.</param>
/// <param name="Closes">It closes a position because a switch says so; null for anything else.</param>
internal sealed record NewOrder(
    Guid Id,
    Guid? UserId,
    ExecuteSignal? Signal,
    OrderTerms Terms,
    decimal? Collar,
    Refusal? Refusal,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? ExpiresAt,
    string? Traceparent,
    string? ClientOrderId = null,
    byte[]? RequestHash = null,
    ExitLegs? Legs = null,
    bool ExitsOnly = false,
    decimal? Notional = null,
    ForcedClosing? Closes = null)
{
    /// <summary>What a repeat is recognised by: the signal's id, or the order's own.</summary>
    public Guid Key => Signal?.SignalId ?? Id;
}

/// <summary>The position that an order closes because a switch says so: measured against no limits, whether or not the session still runs.</summary>
/// <param name="SessionId">The session that holds it; null when it is held by hand.</param>
internal sealed record ForcedClosing(Guid? SessionId);
